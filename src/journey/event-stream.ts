// Server-sent events on a raw socket: unnamed messages, comments as heartbeats, no replay on connect (jds-contract 2.3).
// A reader that does not keep up is cut, not buffered without bound: it reconnects and reads on from its last id.
import type { FastifyReply } from 'fastify';

export interface EventStream {
  send(id: string, data: string): void;
  close(): void;
}

const heartbeatMs = 15_000;
const maxBufferedBytes = 1024 * 1024;

/** Takes the connection over from fastify. `onClose` runs once, whoever closes. */
export function openEventStream(reply: FastifyReply, onClose: () => void): EventStream {
  const socket = reply.hijack().raw;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) socket.setHeader(name, value);
  socket.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  socket.write(': open\n\n');
  const heartbeat = setInterval(() => write(': ping\n\n'), heartbeatMs);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearInterval(heartbeat);
    onClose();
  });

  function write(text: string): void {
    socket.write(text);
    if (socket.writableLength > maxBufferedBytes) socket.destroy();
  }

  return {
    send: (id, data) => write(`id: ${id}\ndata: ${data}\n\n`),
    close: () => socket.end(),
  };
}
