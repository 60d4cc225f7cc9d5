// What the widget knows of one customer and how it stays current: history and person read once, then the live stream.
// An event that joins journeys makes it read both again, because a merge brings earlier events with it.
// Knows nothing of the view: it is told whom to show, and calls back when the snapshot changed.
import { type Person, previousIdentityOf } from '../protocol/index.ts';
import { type EventStream, openEventStream, type StreamState } from './event-stream.ts';
import { mergeItems, ownsAlias, withTrust } from './feed.ts';
import { type FailureKind, JdsRequestError } from './jds-call.ts';
import type { JdsClient, PersonLink } from './jds-client.ts';
import { type FeedItem, readFeedItem } from './journey-event.ts';

export interface FeedSnapshot {
  phase: 'idle' | 'loading' | 'ready' | 'failed';
  /** As asked for; the person's other aliases are in `person`. */
  identity: string;
  person: Person | undefined;
  /** How the person came together, also what is only claimed; empty where the service does not tell. */
  links: readonly PersonLink[];
  /** False where the service has said that it lets this agent only read. */
  mayEdit: boolean;
  /** Newest first, each once. */
  items: readonly FeedItem[];
  /** The service may have older events than these. */
  hasOlder: boolean;
  /** `off`: not wanted. `paused`: the page is hidden. */
  live: StreamState | 'off' | 'paused';
  /** When history was read last, milliseconds; undefined before the first time. */
  readAt: number | undefined;
  /** Why `failed`, or why the last reading again did not work. */
  error: { kind: FailureKind; status: number; trackingId: string | undefined } | undefined;
  /** The event that the stream brought last. */
  latest: FeedItem | undefined;
}

export interface FeedController {
  readonly snapshot: FeedSnapshot;
  /** Starts over for an identity; an empty one shows nobody. */
  show(client: JdsClient | undefined, identity: string, options?: { live?: boolean }): void;
  /** Goes on with the same customer and another client, such as one with a new token. */
  renew(client: JdsClient): void;
  /** Opens or closes the live stream. */
  setLive(live: boolean): void;
  /** The page is hidden, or seen again: a browser has few connections to one host. */
  setPaused(paused: boolean): void;
  /** Reads history and person again; resolves when that is done, also if it failed. */
  reload(): Promise<void>;
  /** Reads one more page of older events. */
  readOlder(): Promise<void>;
  close(): void;
}

export interface FeedControllerOptions {
  onChange(snapshot: FeedSnapshot): void;
  /** Pauses before reading again while the service does not yet know of a link; reads of Cisco's cloud lag by seconds. */
  rereadDelaysMs?: readonly number[];
  streamDelayMs?: (attempt: number) => number;
  now?: () => number;
}

const nobody: FeedSnapshot = {
  phase: 'idle',
  identity: '',
  person: undefined,
  links: [],
  mayEdit: true,
  items: [],
  hasOlder: false,
  live: 'off',
  readAt: undefined,
  error: undefined,
  latest: undefined,
};

export function createFeedController(options: FeedControllerOptions): FeedController {
  const { onChange, rereadDelaysMs = [0, 2_000, 8_000], streamDelayMs, now = Date.now } = options;
  let snapshot = nobody;
  let client: JdsClient | undefined;
  let stream: EventStream | undefined;
  let showing = new AbortController();
  let reading: Promise<void> | undefined;
  let readAgain = false;
  let reread: ReturnType<typeof setTimeout> | undefined;
  let wantsLive = true;
  let paused = false;
  let olderPages = 0;
  /** What was shown may be another person's by now: an un-merge takes events away. */
  let startOver = false;

  function change(part: Partial<FeedSnapshot>): void {
    snapshot = { ...snapshot, ...part };
    onChange(snapshot);
  }

  function show(nextClient: JdsClient | undefined, identity: string, { live = true } = {}): void {
    close();
    showing = new AbortController();
    client = nextClient;
    wantsLive = live;
    olderPages = 0;
    if (!client || identity === '') {
      change(nobody);
      return;
    }
    change({ ...nobody, identity, phase: 'loading' });
    openStream();
    read();
  }

  function openStream(): void {
    stream?.close();
    stream = undefined;
    if (!client || snapshot.identity === '') return;
    const [from, { identity }, { signal }] = [client, snapshot, showing];
    if (!wantsLive || paused) {
      change({ live: wantsLive ? 'paused' : 'off' });
      return;
    }
    const opened = openEventStream({
      open: (lastEventId, connection) => from.openStream(identity, lastEventId, connection),
      onFrame: (frame) => !signal.aborted && take(frame),
      onState(live) {
        if (signal.aborted || (stream && stream !== opened)) return;
        change({ live });
        // What happened before the stream was open, or while it was broken, does not come by stream (jds-contract 2.3).
        if (live === 'live') read();
      },
      ...(streamDelayMs ? { delayMs: streamDelayMs } : {}),
    });
    stream = opened;
  }

  function take(frame: unknown): void {
    const read = readFeedItem(frame);
    if (!read) return;
    const item = withTrust(read, snapshot.items);
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
    const { identity, hasOlder } = snapshot;
    if (!client) return;
    try {
      const [page, whose] = await Promise.all([
        client.history(identity, 0, signal),
        readPerson(client, identity, signal),
      ]);
      if (signal.aborted) return;
      const items = mergeItems(startOver ? [] : snapshot.items, page.items);
      if (startOver) olderPages = 0;
      startOver = false;
      const older = olderPages === 0 ? page.more : hasOlder;
      change({ phase: 'ready', ...whose, items, hasOlder: older, readAt: now(), error: undefined });
    } catch (error) {
      if (!signal.aborted) change({ phase: snapshot.phase === 'ready' ? 'ready' : 'failed', error: reasonOf(error) });
    }
  }

  async function readOlder(): Promise<void> {
    const { signal } = showing;
    if (!client || !snapshot.hasOlder) return;
    try {
      const page = await client.history(snapshot.identity, olderPages + 1, signal);
      if (signal.aborted) return;
      olderPages += 1;
      change({ items: mergeItems(snapshot.items, page.items), hasOlder: page.more });
    } catch (error) {
      if (!signal.aborted) change({ error: reasonOf(error) });
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
    renew(nextClient) {
      client = nextClient;
      change({ error: undefined });
      openStream();
      read();
    },
    setLive(live) {
      if (live === wantsLive) return;
      wantsLive = live;
      openStream();
    },
    setPaused(next) {
      if (next === paused) return;
      paused = next;
      openStream();
    },
    reload() {
      startOver = true;
      if (snapshot.phase === 'failed') change({ phase: 'loading', error: undefined });
      return read();
    },
    readOlder,
    close,
  };
}

async function readPerson(client: JdsClient, identity: string, signal: AbortSignal) {
  const person = await client.person(identity, signal);
  return { person, ...(person ? await client.links(person.id, signal) : { links: [], mayEdit: true }) };
}

function reasonOf(error: unknown): FeedSnapshot['error'] {
  if (!(error instanceof JdsRequestError)) return { kind: 'unreadable', status: 0, trackingId: undefined };
  const { kind, status, trackingId } = error;
  return { kind, status, trackingId };
}
