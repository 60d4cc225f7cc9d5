// The rim: every touch of the browser that the transport makes, each guarded, so that behind it nothing throws.
// Tests put a simulated one in its place. What a browser lacks is simply absent here.

/** A store that answers at once (localStorage). */
export interface LocalStore {
  names(): string[];
  read(name: string): string | null;
  /** False when the store refused it (blocked, full). */
  write(name: string, text: string): boolean;
  remove(name: string): void;
}

/** A store that answers later but survives a killed browser (IndexedDB). May reject, may never answer. */
export interface DeepStore {
  all(): Promise<[name: string, text: string][]>;
  write(name: string, text: string): Promise<void>;
  remove(names: string[]): Promise<void>;
}

export interface Reply {
  /** HTTP status, 0 where there was no readable answer. */
  status: number;
  body: string;
  /** From the Retry-After header. */
  retryAfterMs?: number | undefined;
}

export interface Network {
  /** An ordinary request; `safe` asks the browser to finish it even if the page goes. Never rejects. */
  post(url: string, body: string | Uint8Array<ArrayBuffer>, safe: boolean): Promise<Reply>;
  /** Hands over one last request; true says only that the browser took it. */
  beacon(url: string, body: string): boolean;
  /** Leaves a request with the browser, to be sent when the page is gone; returns its undo, or nothing if refused. */
  defer?: ((url: string, body: string) => (() => void) | undefined) | undefined;
  gzip(text: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** What happens to the page. */
export interface Life {
  /** Perhaps the last moment: send now. */
  onHide(): void;
  /** Being put away; still to be written down, no longer to be sent. */
  onLeave(): void;
  /** Back from the back/forward cache. */
  onRestore(): void;
  onShow(): void;
  onOnline(): void;
}

export interface Environment {
  now(): number;
  random(): number;
  /** Runs `work` later; returns its undo. */
  timer(work: () => void, delayMs: number): () => void;
  /** Runs `work` at the end of the current task. */
  afterTask(work: () => void): void;
  local: LocalStore;
  deep: DeepStore;
  network: Network;
  /** Runs `work` while holding the lock, or not at all if somebody else does; without locks, runs it. */
  lock(name: string, work: () => Promise<void>): Promise<void>;
  /** Calls `start` at once, or when a prerendered page is first shown. */
  whenShown(start: () => void): void;
  watch(life: Life): () => void;
}
