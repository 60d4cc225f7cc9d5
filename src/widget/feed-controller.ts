// What the widget knows of one customer and how it stays current: history and person read once, then the live stream.
// An event that joins journeys makes it read both again, because a merge brings earlier events with it.
// Knows nothing of the view: it is told whom to show, and calls back when the snapshot changed.
import { type Person, previousIdentityOf } from '../protocol/index.ts';
import { type EventStream, openEventStream, type StreamState } from './event-stream.ts';
import { mergeItems, ownsAlias } from './feed.ts';
import { type JdsClient, JdsRequestError } from './jds-client.ts';
import { type FeedItem, readFeedItem } from './journey-event.ts';

export interface FeedSnapshot {
  phase: 'idle' | 'loading' | 'ready' | 'failed';
  /** As asked for; the person's other aliases are in `person`. */
  identity: string;
  person: Person | undefined;
  /** Newest first, each once. */
  items: readonly FeedItem[];
  live: StreamState | 'off';
  /** Why `failed`, or why the last reading again did not work. */
  error: { message: string; trackingId: string | undefined } | undefined;
  /** The event that the stream brought last. */
  latest: FeedItem | undefined;
}

export interface FeedController {
  readonly snapshot: FeedSnapshot;
  /** Starts over for an identity; an empty one shows nobody. */
  show(client: JdsClient | undefined, identity: string, options?: { live?: boolean }): void;
  /** Reads history and person again. */
  reload(): void;
  close(): void;
}

export interface FeedControllerOptions {
  onChange(snapshot: FeedSnapshot): void;
  /** Pauses before reading again while the service does not yet know of a link; reads of Cisco's cloud lag by seconds. */
  rereadDelaysMs?: readonly number[];
  streamDelayMs?: (attempt: number) => number;
}

const nobody: FeedSnapshot = {
  phase: 'idle',
  identity: '',
  person: undefined,
  items: [],
  live: 'off',
  error: undefined,
  latest: undefined,
};

export function createFeedController(options: FeedControllerOptions): FeedController {
  const { onChange, rereadDelaysMs = [0, 2_000, 8_000], streamDelayMs } = options;
  let snapshot = nobody;
  let client: JdsClient | undefined;
  let stream: EventStream | undefined;
  let showing = new AbortController();
  let reading: Promise<void> | undefined;
  let readAgain = false;
  let reread: ReturnType<typeof setTimeout> | undefined;

  function change(part: Partial<FeedSnapshot>): void {
    snapshot = { ...snapshot, ...part };
    onChange(snapshot);
  }

  function show(nextClient: JdsClient | undefined, identity: string, { live = true } = {}): void {
    close();
    showing = new AbortController();
    client = nextClient;
    if (!client || identity === '') {
      change(nobody);
      return;
    }
    change({ ...nobody, identity, phase: 'loading' });
    if (live) openStream(client, identity, showing.signal);
    read();
  }

  function openStream(from: JdsClient, identity: string, signal: AbortSignal): void {
    stream = openEventStream({
      open: (lastEventId, connection) => from.openStream(identity, lastEventId, connection),
      onFrame: (frame) => !signal.aborted && take(frame),
      onState(live) {
        if (signal.aborted) return;
        change({ live });
        // What happened before the stream was open, or while it was broken, does not come by stream (jds-contract 2.3).
        if (live === 'live') read();
      },
      ...(streamDelayMs ? { delayMs: streamDelayMs } : {}),
    });
  }

  function take(frame: unknown): void {
    const item = readFeedItem(frame);
    if (!item) return;
    const items = mergeItems(snapshot.items, [item]);
    if (items.length > snapshot.items.length) change({ items, latest: item });
    if (previousIdentityOf(item.event) || !ownsAlias(snapshot.person, item.event.identity))
      readUntilKnown(item.event.identity, 0);
  }

  function readUntilKnown(identity: string, attempt: number): void {
    const delayMs = rereadDelaysMs[attempt];
    if (delayMs === undefined) return;
    const { signal } = showing;
    clearTimeout(reread);
    reread = setTimeout(async () => {
      await read();
      if (!signal.aborted && !ownsAlias(snapshot.person, identity)) readUntilKnown(identity, attempt + 1);
    }, delayMs);
  }

  /** One reading at a time; asked for again meanwhile, it is repeated once. */
  function read(): Promise<void> {
    if (reading) {
      readAgain = true;
      return reading;
    }
    reading = readWhileAsked(showing.signal);
    return reading;
  }

  async function readWhileAsked(signal: AbortSignal): Promise<void> {
    do {
      readAgain = false;
      await readOnce();
    } while (readAgain && !signal.aborted);
    if (!signal.aborted) reading = undefined;
  }

  async function readOnce(): Promise<void> {
    const { signal } = showing;
    const { identity } = snapshot;
    if (!client) return;
    try {
      const [items, person] = await Promise.all([client.history(identity, signal), client.person(identity, signal)]);
      if (signal.aborted) return;
      change({ phase: 'ready', person, items: mergeItems(snapshot.items, items), error: undefined });
    } catch (error) {
      if (signal.aborted) return;
      const trackingId = error instanceof JdsRequestError ? error.trackingId : undefined;
      const message = error instanceof JdsRequestError ? error.message : 'The journey could not be read.';
      change({ phase: snapshot.phase === 'ready' ? 'ready' : 'failed', error: { message, trackingId } });
    }
  }

  function close(): void {
    showing.abort();
    stream?.close();
    stream = undefined;
    reading = undefined;
    readAgain = false;
    clearTimeout(reread);
  }

  return {
    get snapshot() {
      return snapshot;
    },
    show,
    reload() {
      if (snapshot.phase === 'failed') change({ phase: 'loading', error: undefined });
      read();
    },
    close,
  };
}
