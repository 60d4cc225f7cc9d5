// Stores for the tests, closed after each, and what tests do with them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import type { AppendBatch, AppendResult, Proof, SqliteStoreOptions, Store } from '../../src/store/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { aBatch, aProof, identifyEvent, noon, workspace } from './values.ts';

export * from './values.ts';

/** Opens a driver's store on a file; the same file again is the same store. */
export type OpenStore = (file: string, options?: Partial<SqliteStoreOptions>) => Promise<Store>;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-store-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store on a new file, closed after the test. */
export async function aStore(
  options: Partial<SqliteStoreOptions> = {},
  open: OpenStore = openSqlite,
  file: string = join(aFolder(), 'store.sqlite'),
): Promise<Store> {
  const store = await open(file, { now: () => noon, idSeed: 'test', minFreeDiskBytes: 0, ...options });
  cleanups.push(() => store.close());
  return store;
}

export const openSqlite: OpenStore = (file, options) => openSqliteStore({ file, ...options });

/** Appends events of pages as they are. */
export function send(store: Store, events: unknown, members: Partial<AppendBatch> = {}): Promise<AppendResult[]> {
  return store.append(aBatch(Array.isArray(events) || typeof events === 'string' ? events : [events], members));
}

/** A login whose token the relay found genuine. */
export async function login(
  store: Store,
  temporaryId: string,
  identity: string,
  identitytype: Proof['identitytype'] = 'email',
  members: Partial<WireEvent> = {},
  proof: Partial<Proof> = {},
): Promise<AppendResult | undefined> {
  const event = identifyEvent(temporaryId, identity, identitytype, members);
  const [result] = await send(store, event, { findings: { 0: { proof: aProof(identity, identitytype, proof) } } });
  return result;
}

export function trusted(
  store: Store,
  events: WireEvent | WireEvent[],
  members: Partial<AppendBatch> = {},
): Promise<AppendResult[]> {
  return send(store, events, { sender: 'trusted', repeats: 'publish', ...members });
}

export async function idsOf(store: Store, identity?: string): Promise<string[]> {
  const found = await store.history({ workspace, ...(identity !== undefined && { identity }) });
  return found.map(({ event }) => event.id);
}

export async function valuesOf(store: Store, identity: string): Promise<string[] | undefined> {
  return (await store.personOf(workspace, identity))?.aliases.map(({ value }) => value);
}
