// Measures a tenant's real Journey Data Service with a few test events under a temporaryId made for it, because what the
// service does is not all documented: what the token may, how far reads lag, whether duplicates are kept, whether
// previousidentity links, whether streams follow aliases, in which forms a phone number is found, how many calls are granted.
import { randomBytes } from 'node:crypto';
import type { CloudEvent } from '../../protocol/index.ts';
import { type Clock, realClock } from './clock.ts';
import { CredentialsError, createCredentials, type TokenVault } from './credentials.ts';
import { createHttpClient, type HttpAnswer, NoAnswer } from './http.ts';
import { listen } from './probe-stream.ts';
import { baseUrlOf, defaults, type JdsDestination } from './settings.ts';

export interface ProbeOptions {
  clock?: Clock;
  vault?: TokenVault;
  /** Also uses up a minute's calls, which flows share, to see how many there are. Default false. */
  rate?: boolean;
  /** How long is waited for something to be seen. Default 30,000. */
  patienceMs?: number;
  /** Between looks. Default 500. */
  pollMs?: number;
}

/** What was found. Undefined: it could not be measured. */
export interface ProbeFacts {
  /** Why nothing else could be measured. */
  failure?: string;
  /** Calls that the token may not make, with the scope that it lacks. */
  missingScopes: string[];
  readLagMs?: number;
  keepsDuplicates?: boolean;
  /** Whether an event with previousidentity joins both journeys. */
  links?: boolean;
  /** Whether a stream opened for the temporaryId tells of events of the known identity. */
  streamsFollow?: boolean;
  /** Forms of one phone number by which its events are found: `+`, `digits`, `spaces`. */
  phoneForms?: string[];
  /** Calls until the first 429, within a minute. */
  grantedPerMinute?: number;
  /** What the test events are called there, for those who want to remove their persons. */
  identities: string[];
}

const scopes = {
  publish: 'publishing needs cjp:config_write, or cjds:admin_org_write of a full admin',
  read: 'reading events needs cjp:user, cjp:config_read or cjp:config_write',
  persons: 'reading persons needs cjp:user, cjp:config_read or cjp:config_write',
};

/** More calls than any documented limit. */
const maxRateCalls = 400;

/** Never rejects for what the service does. */
export async function probeJds(destination: JdsDestination, options: ProbeOptions = {}): Promise<ProbeFacts> {
  const { clock = realClock, patienceMs = 30_000, pollMs = 500, vault } = options;
  const { timeoutMs = defaults.timeoutMs } = destination;
  const http = createHttpClient(clock);
  const credentials = createCredentials(destination.credentials, { http, clock, timeoutMs, ...(vault && { vault }) });
  const baseUrl = baseUrlOf(destination.region);
  const workspace = encodeURIComponent(destination.workspaceId);
  const nonce = randomBytes(6).toString('hex');
  const temporaryId = `waymark-probe-${nonce}`;
  const customerId = `waymark-probe-customer-${nonce}`;
  // Country code 999 belongs to nobody.
  const phone = `+999${Number.parseInt(nonce.slice(0, 8), 16).toString().padStart(10, '0')}`;
  const facts: ProbeFacts = { missingScopes: [], identities: [temporaryId, customerId, phone] };
  let made = 0;

  const call = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<HttpAnswer> => {
    const token = await credentials.token();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return http.call({ method, url: baseUrl + path, headers, timeoutMs, ...text });
  };
  const anEvent = (members: Partial<CloudEvent> = {}): CloudEvent => {
    made += 1;
    return {
      id: `probe-${nonce}-${made}`,
      specversion: '1.0',
      type: 'waymarkProbe',
      source: 'waymark:doctor',
      time: new Date(clock.now()).toISOString(),
      identity: temporaryId,
      identitytype: 'temporaryId',
      datacontenttype: 'application/json',
      data: { taskId: `probe-${nonce}`, uiData: { hidden: 'true', title: 'Test of Waymark' } },
      ...members,
    };
  };
  const publish = (event: CloudEvent) => call('POST', `/publish/v1/api/event?workspaceId=${workspace}`, event);
  const read = (identity: string) =>
    call('GET', `/v1/api/events/workspace-id/${workspace}?${new URLSearchParams({ identity, pageSize: '50' })}`);
  const idsOf = async (identity: string): Promise<string[]> => {
    const answer = await read(identity);
    return answer.status === 200 ? (JSON.parse(answer.body) as { data: CloudEvent[] }).data.map(({ id }) => id) : [];
  };
  const seen = async (looks: () => Promise<boolean> | boolean, withinMs = patienceMs): Promise<boolean> => {
    for (const end = clock.now() + withinMs; ; await clock.wait(pollMs)) {
      if (await looks()) return true;
      if (clock.now() >= end) return false;
    }
  };

  /** Returns false where nothing more can be measured. */
  async function measureAccess(event: CloudEvent): Promise<boolean> {
    const published = await publish(event);
    const canRead = await read(temporaryId);
    const persons = await call('GET', `/admin/v1/api/person/workspace-id/${workspace}/aliases/${temporaryId}`);
    if (canRead.status === 403) facts.missingScopes.push(scopes.read);
    if (persons.status === 403) facts.missingScopes.push(scopes.persons);
    if (published.status === 403) facts.missingScopes.push(scopes.publish);
    else if (published.status === 401) facts.failure = 'the token is not taken (401)';
    else if (published.status === 404)
      facts.failure = `the workspace ${destination.workspaceId} is not known there (404)`;
    else if (published.status >= 300)
      facts.failure = `a test event is answered ${published.status} ${published.body.slice(0, 300)}`;
    return published.status < 300 && canRead.status !== 403;
  }

  async function measureLagAndDuplicates(event: CloudEvent, sentAt: number): Promise<void> {
    if (!(await seen(async () => (await idsOf(temporaryId)).includes(event.id)))) return;
    facts.readLagMs = clock.now() - sentAt;
    await publish(event);
    // A later one shows when the repeat would be there too.
    const later = anEvent();
    await publish(later);
    if (!(await seen(async () => (await idsOf(temporaryId)).includes(later.id)))) return;
    await clock.wait(pollMs);
    facts.keepsDuplicates = (await idsOf(temporaryId)).filter((id) => id === event.id).length > 1;
  }

  async function measureLinking(first: CloudEvent): Promise<void> {
    const token = await credentials.token();
    const stream = await listen(
      `${baseUrl}/v1/api/events/stream/workspace-id/${workspace}/identity/${temporaryId}`,
      token,
    );
    const known = { identity: customerId, identitytype: 'customerId' } as const;
    await publish(anEvent({ ...known, previousidentity: temporaryId }));
    facts.links = await seen(async () => (await idsOf(customerId)).includes(first.id));
    const after = anEvent(known);
    await publish(after);
    if (stream) facts.streamsFollow = await seen(() => stream.text().includes(`"${after.id}"`), patienceMs / 2);
    stream?.close();
  }

  async function measurePhone(): Promise<void> {
    const event = anEvent({ identity: phone, identitytype: 'phone' });
    await publish(event);
    const forms = { '+': phone, digits: phone.slice(1), spaces: phone.replace(/^(.{4})(.{3})/, '$1 $2 ') };
    if (!(await seen(async () => (await idsOf(phone)).includes(event.id)))) return;
    facts.phoneForms = [];
    for (const [form, value] of Object.entries(forms)) {
      if ((await idsOf(value)).includes(event.id)) facts.phoneForms.push(form);
    }
  }

  async function measureRate(): Promise<void> {
    const end = clock.now() + 60_000;
    for (let count = 0; count < maxRateCalls && clock.now() < end; count++) {
      if ((await read(temporaryId)).status !== 429) continue;
      facts.grantedPerMinute = count;
      return;
    }
  }

  try {
    const first = anEvent();
    const sentAt = clock.now();
    if (await measureAccess(first)) {
      await measureLagAndDuplicates(first, sentAt);
      await measureLinking(first);
      await measurePhone();
      if (options.rate === true) await measureRate();
    }
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof CredentialsError)) throw error;
    facts.failure = error instanceof NoAnswer ? `no answer: ${error.message}` : error.message;
  } finally {
    http.close();
  }
  return facts;
}
