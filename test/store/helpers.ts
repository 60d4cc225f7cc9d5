// Values for the tests of the store: events, batches and stores that show only what a test is about.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import type { AppendBatch, AppendResult, Proof, SqliteStoreOptions, Store } from '../../src/store/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';

export const workspace = 'a1b2c3d4e5f6a1b2c3d4e5f6';
export const otherWorkspace = 'ffffffffffffffffffffffff';

/** 2026-11-22T12:00:00Z. */
export const noon: number = Date.UTC(2026, 10, 22, 12);

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

let count = 0;

export function anEvent(members: Partial<WireEvent> = {}): WireEvent {
  count += 1;
  return {
    specversion: '1.0',
    id: `event-${count}`,
    type: 'webvisit',
    source: 'home.com:website',
    time: new Date(noon - 60_000 + count).toISOString(),
    identity: 'browser-1',
    identitytype: 'temporaryId',
    datacontenttype: 'application/json',
    data: { taskId: 'web-1' },
    ...members,
  };
}

/** An event of a page that holds the secret of its temporaryId. */
export function pageEvent(temporaryId: string, members: Partial<WireEvent> = {}): WireEvent {
  return anEvent({ identity: temporaryId, temporarysecret: secretOf(temporaryId), ...members });
}

/** The event by which a page says who its visitor is. */
export function identifyEvent(
  temporaryId: string,
  identity: string,
  identitytype: WireEvent['identitytype'] = 'email',
  members: Partial<WireEvent> = {},
): WireEvent {
  return pageEvent(temporaryId, {
    type: 'webvisitLogin',
    identity,
    identitytype,
    previousidentity: temporaryId,
    ...members,
  });
}

export function secretOf(temporaryId: string): string {
  return `secret-of-${temporaryId}`;
}

export function aProof(
  identity: string,
  identitytype: Proof['identitytype'] = 'email',
  more: Partial<Proof> = {},
): Proof {
  return { identity, identitytype, identities: [], ...more };
}

export function aBatch(events: unknown, members: Partial<AppendBatch> = {}): AppendBatch {
  return {
    workspace,
    sender: 'public',
    repeats: 'collect',
    receivedAt: noon,
    body: new TextEncoder().encode(typeof events === 'string' ? events : JSON.stringify(events)),
    ...members,
  };
}

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

export function outcomes(results: AppendResult[]): string[] {
  return results.map(({ result, code }) => (code ? `${result} ${code}` : result));
}

export async function idsOf(store: Store, identity?: string): Promise<string[]> {
  const found = await store.history({ workspace, ...(identity !== undefined && { identity }) });
  return found.map(({ event }) => event.id);
}

export async function valuesOf(store: Store, identity: string): Promise<string[] | undefined> {
  return (await store.personOf(workspace, identity))?.aliases.map(({ value }) => value);
}
