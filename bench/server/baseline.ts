// What the relay is measured against: the same HTTP server that parses the body, answers as the relay does, and throws
// it all away. Also what a page's client would see if nothing were checked and nothing kept.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const events = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: string }[];
    const results = events.map(({ id }, index) => ({ index, id, result: 'ok' }));
    const body = JSON.stringify({ results, serverTime: new Date().toISOString() });
    response.writeHead(202, {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }));
});
