// Events and batches for the tests of the store, that show only what a test is about.
import type { WireEvent } from '../../src/protocol/index.ts';
import type { AppendBatch, AppendResult, Proof } from '../../src/store/index.ts';

export const workspace = 'a1b2c3d4e5f6a1b2c3d4e5f6';
export const otherWorkspace = 'ffffffffffffffffffffffff';

/** 2026-11-22T12:00:00Z. */
export const noon: number = Date.UTC(2026, 10, 22, 12);

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

export function outcomes(results: AppendResult[]): string[] {
  return results.map(({ result, code }) => (code ? `${result} ${code}` : result));
}
