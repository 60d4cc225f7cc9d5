// The least that could answer as the relay does: node:http that parses the body and throws it all away. Nothing is limited,
// checked or kept, so it shows what Node and the client on the same machine can do at most.
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
