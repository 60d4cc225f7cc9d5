// The main thread's end of the writer: bounds what waits in bytes, hears of commits, and ends the process where the disk
// failed under a commit, since what was acknowledged could no longer be promised.
import { Problem } from '../../../protocol/index.ts';
import type { AppendBatch, AppendResult, Commit } from '../../store.ts';
import type { Call, WriterMessage, WriterRequest, WriterSettings } from './calls.ts';
import { createPending, startWorker } from './requests.ts';
import type { WriterCalls } from './writer.ts';

export interface WriterClient {
  append(batch: AppendBatch): Promise<AppendResult[]>;
  call<Name extends keyof WriterCalls>(
    name: Name,
    ...args: Call<WriterCalls, Name>['args']
  ): Promise<Call<WriterCalls, Name>['result']>;
  onCommit(listener: (commit: Commit) => void): () => void;
  state(): WriterState;
  /** `passive` brings the log into the file as far as nobody needs it; `truncate` empties it as well. */
  checkpoint(kind: 'passive' | 'truncate'): void;
  /** When everything that was sent is committed, or answered that it was not. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface WriterState extends Commit {
  queueBytes: number;
  walBytes: number;
}

export interface WriterClientOptions extends WriterSettings {
  /** Called with a message for people when nothing can be promised any more. */
  onFatal: (message: string) => void;
  onWal: (bytes: number) => void;
}

/** Rejects where the file cannot be opened, with a message that says why. */
export async function startWriter({ onFatal, onWal, ...settings }: WriterClientOptions): Promise<WriterClient> {
  const pending = createPending();
  const listeners = new Set<(commit: Commit) => void>();
  const state: WriterState = { sequence: 0, linksVersion: 0, queueBytes: 0, walBytes: 0 };
  const worker = startWorker('writer-worker', settings);
  const send = (message: WriterRequest, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);
  let closed: (() => void) | undefined;

  const committed = (message: Extract<WriterMessage, { answers: unknown }>): void => {
    const { sequence, linksVersion, walBytes } = message;
    const changed = sequence > state.sequence || linksVersion > state.linksVersion;
    Object.assign(state, { sequence, linksVersion, walBytes });
    for (const answer of message.answers) pending.settle(answer);
    if (changed) for (const listener of listeners) listener({ sequence, linksVersion });
    onWal(walBytes);
  };

  let ended = false;
  await new Promise<void>((resolve, reject) => {
    let open = false;
    const end = (message: string): void => {
      if (ended) return;
      ended = true;
      pending.failAll(new Error(message));
      reject(new Error(message));
      if (open && !closed) onFatal(message);
      closed?.();
    };
    worker.on('message', (message: WriterMessage) => {
      if ('answers' in message) committed(message);
      else if ('failed' in message) end(message.failed);
      else if ('closed' in message) closed?.();
      else if ('fatal' in message) end(message.fatal);
      else {
        Object.assign(state, { sequence: message.sequence, linksVersion: message.linksVersion });
        open = true;
        resolve();
      }
    });
    worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)));
  });

  return {
    async append({ body, ...batch }) {
      const owned = wholeBuffer(body);
      const bytes = owned.byteLength;
      state.queueBytes += bytes;
      try {
        return (await pending.expect((request) => send({ request, batch, body: owned }, [owned]))) as AppendResult[];
      } finally {
        state.queueBytes -= bytes;
      }
    },
    async call(name, ...args) {
      if (closed) throw new Problem('busy', 'the store is closing');
      return (await pending.expect((request) => send({ request, call: name, args }))) as never;
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => ({ ...state }),
    checkpoint(kind) {
      if (!closed && !ended) send({ checkpoint: kind });
    },
    async drain() {
      if (ended) return;
      // Where there is no room for what came before it, that was answered so.
      await pending.expect((request) => send({ request, call: 'nothing', args: [] })).catch(() => undefined);
    },
    close: () =>
      new Promise((resolve) => {
        closed = resolve;
        if (ended) resolve();
        else send({ close: true });
      }),
  };
}

/**
 * A view into a larger buffer (Node pools small ones) is copied: transferring it would take its neighbours along.
 * Not by `slice`, which for a Buffer is another view.
 */
function wholeBuffer(body: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const whole = body.byteOffset === 0 && body.byteLength === body.buffer.byteLength;
  return whole ? body.buffer : new Uint8Array(body).buffer;
}
