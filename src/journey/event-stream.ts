// Server-sent events on raw sockets: unnamed messages, comments as heartbeats, no replay on connect (jds-contract 2.3).
// A reader that does not keep up is cut, not buffered without bound: it reconnects and reads on from its last id.
// One clock serves all streams, each in its own second of the interval, so that thousands never beat at once.
import type { FastifyReply } from 'fastify';

export interface EventStream {
  send(id: string, data: string): void;
  close(): void;
}

export interface EventStreams {
  /** Takes the connection over from fastify. `onClose` runs once, whoever closes. */
  open(reply: FastifyReply, options: StreamOptions): EventStream;
  size(): number;
  /** Ends all streams and the clock. */
  close(): void;
}

export interface StreamOptions {
  /** Asked at every heartbeat: a stream whose token is no longer good ends. */
  isValid: () => boolean;
  /** Milliseconds since 1970; the stream ends there. */
  expiresAt?: number;
  onClose: () => void;
}

export interface EventStreamsOptions {
  now?: () => number;
  /** Default 15 s. */
  heartbeatMs?: number;
  /** Unsent bytes at which a reader is cut. Default 256 KiB. */
  maxBufferedBytes?: number;
}

interface Open {
  beat(): void;
  close(): void;
}

const slots = 15;
/** The longest delay that a timer takes. */
const maxDelayMs = 2 ** 31 - 1;

export function createEventStreams(options: EventStreamsOptions = {}): EventStreams {
  const { now = Date.now, heartbeatMs = 15_000, maxBufferedBytes = 256 * 1024 } = options;
  const wheel = Array.from({ length: slots }, () => new Set<Open>());
  let opened = 0;
  let slot = 0;
  const clock = setInterval(() => {
    slot = (slot + 1) % slots;
    for (const stream of wheel[slot] ?? []) stream.beat();
  }, heartbeatMs / slots);
  clock.unref();

  return {
    open(reply, { isValid, expiresAt, onClose }) {
      const response = reply.hijack().raw;
      // Whoever left while the call was prepared is never told of again.
      if (response.destroyed || response.socket?.destroyed !== false) {
        onClose();
        return { send: () => undefined, close: () => undefined };
      }
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) response.setHeader(name, value);
      }
      // A stream has its connection for itself, so that it goes with it and does not keep a stopping server waiting.
      response.shouldKeepAlive = false;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      opened += 1;
      const own = wheel[opened % slots];
      const stream: Open = {
        beat: () => (isValid() ? write(': ping\n\n') : response.end()),
        close: () => response.end(),
      };
      own?.add(stream);
      const life = expiresAt === undefined ? undefined : Math.min(Math.max(expiresAt - now(), 0), maxDelayMs);
      const expiry = life === undefined ? undefined : setTimeout(() => response.end(), life);
      expiry?.unref();
      response.on('error', () => response.destroy());
      response.on('close', () => {
        clearTimeout(expiry);
        own?.delete(stream);
        onClose();
      });
      const write = (text: string): void => {
        if (response.writableEnded || response.destroyed) return;
        // Judged by what was waiting before, so that one large event never cuts a reader that keeps up.
        if (response.writableLength > maxBufferedBytes) response.destroy();
        else response.write(text);
      };
      write(': open\n\n');
      return { send: (id, data) => write(`id: ${id}\ndata: ${data}\n\n`), close: stream.close };
    },
    size: () => wheel.reduce((sum, set) => sum + set.size, 0),
    close() {
      clearInterval(clock);
      for (const stream of wheel.flatMap((set) => [...set])) stream.close();
    },
  };
}
