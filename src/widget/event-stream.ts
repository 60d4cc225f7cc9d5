// Keeps one live stream open: reads it, and opens it again with growing pauses when it ends, fails or falls silent.
// A token that is refused ends it: asking again would not help, and the agent has to sign in.
import { JdsRequestError } from './jds-call.ts';
import { createSseParser } from './sse-parser.ts';

/** `waiting`: between two attempts. `refused`: given up, the token is not accepted. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'refused';

export interface EventStreamOptions {
  open(lastEventId: string, signal: AbortSignal): Promise<Response>;
  /** One frame, parsed; frames that are not JSON are left out. */
  onFrame(frame: unknown): void;
  onState(state: StreamState): void;
  /** Pause before attempt n (from 1), milliseconds. Default 1 s doubling to 30 s, minus up to half by chance. */
  delayMs?: (attempt: number) => number;
  /** Without a byte for this long the connection counts as dead; services send a heartbeat every 15-25 s. Default 75,000. */
  silenceMs?: number;
}

export interface EventStream {
  close(): void;
}

export function openEventStream(options: EventStreamOptions): EventStream {
  const { open, onFrame, onState, delayMs = defaultDelayMs, silenceMs = 75_000 } = options;
  const closing = new AbortController();
  let lastEventId = '';
  let attempt = 0;

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      onState('connecting');
      try {
        await readOnce();
      } catch (error) {
        if (closing.signal.aborted) return;
        if (error instanceof JdsRequestError && (error.status === 401 || error.status === 403))
          return onState('refused');
      }
      if (closing.signal.aborted) return;
      onState('waiting');
      attempt += 1;
      await pause(delayMs(attempt), closing.signal);
    }
  }

  async function readOnce(): Promise<void> {
    const connection = new AbortController();
    const stop = () => connection.abort();
    closing.signal.addEventListener('abort', stop);
    let silence = setTimeout(stop, silenceMs);
    try {
      const response = await open(lastEventId, connection.signal);
      const reader = response.body?.getReader();
      if (!reader) return;
      onState('live');
      const decoder = new TextDecoder();
      const parser = createSseParser((message) => {
        lastEventId = message.lastEventId;
        const frame = parseFrame(message.data);
        if (frame !== undefined && !closing.signal.aborted) onFrame(frame);
      });
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        attempt = 0;
        clearTimeout(silence);
        silence = setTimeout(stop, silenceMs);
        parser.push(decoder.decode(piece.value, { stream: true }));
      }
    } finally {
      clearTimeout(silence);
      closing.signal.removeEventListener('abort', stop);
      connection.abort();
    }
  }

  void run();
  return { close: () => closing.abort() };
}

function parseFrame(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function defaultDelayMs(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** (attempt - 1)) * (1 - Math.random() / 2);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
