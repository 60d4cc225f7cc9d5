// From a batch that was read to its answer: limits, what is found out about each event, the store, and what is learnt
// from what the store says.
import type { IncomingMessage } from 'node:http';
import { type BatchAnswer, type EventResult, Problem, type ProblemCode, type WireEvent } from '../protocol/index.ts';
import type { AppendBatch, AppendResult, Finding, Store } from '../store/index.ts';
import type { Admitted } from './admit.ts';
import type { ReadBatch } from './batch-reader.ts';
import { examine, examineForm } from './claims.ts';
import { type CookieRenewal, renewedCookie } from './cookie-renewal.ts';
import { type DeadLetters, mendable } from './dead-letters.ts';
import type { ClaimOutcome, RelayMetrics } from './metrics.ts';
import type { PageCounters } from './page-counters.ts';
import type { Throttle } from './throttle.ts';
import { browserClass, type FactsOptions, factsOf, looksLikeBot, stamp } from './visitor-facts.ts';
import { type BatchVisitor, visitorsOf } from './visitors.ts';

export interface SettleContext {
  store: Store;
  now: () => number;
  throttle: Throttle;
  pageCounters: PageCounters;
  metrics?: RelayMetrics;
  deadLetters?: DeadLetters;
  facts?: FactsOptions;
  cookie?: CookieRenewal;
  request: IncomingMessage;
  /** Of the answer; a renewed cookie is added. */
  headers: Record<string, string>;
  receivedAt: number;
  query: Record<string, unknown>;
  sender: Admitted;
  address: string;
  /** Throws where key, address or disk have too much to do. */
  shed(known: boolean, events: number): void;
  /** Counts events against key and address. */
  taken(events: number): void;
}

export async function settle(batch: ReadBatch, context: SettleContext): Promise<BatchAnswer> {
  const results = context.sender.site ? await settlePage(batch, context) : await settleTrusted(batch, context);
  context.metrics?.settled(results);
  return { results, serverTime: new Date(context.now()).toISOString() };
}

async function settleTrusted(batch: ReadBatch, context: SettleContext): Promise<EventResult[]> {
  context.shed(true, batch.events.length);
  context.taken(batch.events.length);
  return append(batch, context, { sender: 'trusted', findings: examineForm(batch.events), body: bodyOf(batch, false) });
}

async function settlePage(batch: ReadBatch, context: SettleContext): Promise<EventResult[]> {
  const { workspace, site } = context.sender;
  if (!site) return [];
  const { events } = batch;
  const sent = readSent(context.query['sent']);
  const visitors = visitorsOf(workspace.id, events);
  const first = visitors.find((visitor) => visitor !== undefined);
  context.shed(first !== undefined && context.throttle.isKnown(first.name), events.length);

  const putOff = limitVisitors(visitors, context);
  context.taken(events.length - putOff.size);
  const findings = await examine(events, { site, receivedAt: context.receivedAt, sent });
  for (const index of putOff.keys())
    findings[index] = { refused: { code: 'rate-limited', detail: 'too many events of this visitor' } };
  const changed = stampFacts(events, findings, context);

  const results = await append(batch, context, {
    sender: 'public',
    sent,
    findings,
    verify: workspace.identity.verify,
    body: bodyOf(batch, changed),
  });
  for (const [index, retryAfterMs] of putOff) {
    const result = results[index];
    if (result) results[index] = { ...result, result: 'retry', retryAfterMs };
  }
  learn(events, { findings, results, visitors, sent }, context);
  return results;
}

/** The events that have to wait, with how long. Only the noisy visitor waits, and the others' allowance stays theirs. */
function limitVisitors(visitors: readonly (BatchVisitor | undefined)[], context: SettleContext): Map<number, number> {
  const putOff = new Map<number, number>();
  for (const [index, visitor] of visitors.entries()) {
    const waitMs = visitor ? context.throttle.takeVisitor(visitor.name) : 0;
    if (waitMs > 0) putOff.set(index, Math.ceil(waitMs));
  }
  if (putOff.size > 0) context.metrics?.shed('visitor', putOff.size);
  return putOff;
}

/** Adds what the relay knows of the sender, and takes off what a page wrote in its place. True where events changed. */
function stampFacts(
  events: readonly (WireEvent | Problem)[],
  findings: Record<number, Finding>,
  { facts: options = {}, request, address }: SettleContext,
): boolean {
  const userAgent = request.headers['user-agent'] ?? '';
  const facts = factsOf(userAgent, address, options);
  const refuse = options.bots === 'refuse' && looksLikeBot(userAgent);
  let changed = false;
  for (const [index, event] of events.entries()) {
    if (event instanceof Problem) continue;
    if (refuse) findings[index] = { refused: { code: 'bot', detail: 'this server takes no events of bots' } };
    if (stamp(event, facts)) changed = true;
  }
  return changed;
}

async function append(
  { body: _read, events, ids }: ReadBatch,
  { store, sender, receivedAt, throttle }: SettleContext,
  part: Pick<AppendBatch, 'sender' | 'sent' | 'findings' | 'verify' | 'body'>,
): Promise<EventResult[]> {
  const refused = events.map((_event, index) => part.findings?.[index]?.refused);
  if (refused.every((one) => one !== undefined)) {
    return refused.map((one, index) => ({ index, id: ids[index] ?? null, result: 'refused' as const, ...one }));
  }
  throttle.begin(events.length);
  try {
    const results = await store.append({
      ...part,
      workspace: sender.workspace.id,
      repeats: 'collect',
      receivedAt,
    });
    return results.map((result) => toSender(result, ids));
  } finally {
    throttle.end(events.length);
  }
}

/** The store parsed the body a second time, in its own thread; the sender gets the ids as first read, and no sequence. */
function toSender(appended: AppendResult, ids: readonly (string | null)[]): EventResult {
  const { index, result } = appended;
  const id = ids[index] ?? appended.id;
  // Nearly all; copying what else there may be takes longer.
  if (appended.code === undefined) return { index, id, result };
  const { sequence: _internal, ...told } = appended;
  return { ...told, id };
}

/** The bytes as they came, unless events had to be changed. */
function bodyOf({ body, values, mended }: ReadBatch, changed: boolean): Uint8Array<ArrayBuffer> {
  return mended || changed ? new TextEncoder().encode(JSON.stringify(values)) : body;
}

interface Learnt {
  findings: Record<number, Finding>;
  results: readonly EventResult[];
  visitors: readonly (BatchVisitor | undefined)[];
  sent: number | 'deferred';
}

/** Who holds what they claim to hold, what the pages lose, what an operator may mend. */
function learn(events: readonly (WireEvent | Problem)[], learnt: Learnt, context: SettleContext): void {
  const { findings, results, visitors, sent } = learnt;
  const { throttle, metrics, query, request, headers, cookie, sender } = context;
  const proven = visitors.find((visitor, index) => visitor?.secret !== undefined && results[index]?.result === 'ok');
  if (proven) throttle.remember(proven.name);
  if (proven && cookie) {
    const renewed = renewedCookie(request, {
      temporaryId: proven.temporaryId,
      consent: query['consent'],
      renewal: cookie,
    });
    if (renewed !== undefined) headers['set-cookie'] = renewed;
  }
  const told = proven && metrics && context.pageCounters.grow(proven.name, query['counters']);
  if (told) metrics.pageTold(browserClass(request.headers['user-agent'] ?? ''), told);
  for (const [index, event] of events.entries()) {
    if (event instanceof Problem) continue;
    const outcome = outcomeOf(event, findings[index], results[index]);
    if (outcome) metrics?.claimed(sender.workspace.identity.verify, outcome);
    const code = mendableCode(findings[index], sender.workspace.identity.verify);
    if (code === undefined || !context.deadLetters) continue;
    const { type, source } = event;
    // The secret came with another event of the batch, and has to come again with this one alone.
    const secret = visitors[index]?.secret;
    const whole = secret === undefined ? event : { ...event, temporarysecret: secret };
    const letter = { at: context.receivedAt, key: sender.name, code, type, source, sent, event: whole };
    metrics?.deadLetter(code, context.deadLetters.keep(letter));
  }
}

/** Why an operator may want an event sent again, once what was wrong with the key is mended. */
function mendableCode(finding: Finding | undefined, verify: 'enforce' | 'report' | 'off'): ProblemCode | undefined {
  // Where claims are believed, the two are joined already.
  if (finding?.unknownKey && verify === 'enforce') return 'identity-unproven';
  const code = finding?.refused?.code;
  return code !== undefined && mendable.has(code) ? code : undefined;
}

function outcomeOf(
  event: WireEvent,
  finding: Finding | undefined,
  result: EventResult | undefined,
): ClaimOutcome | undefined {
  if (event.identitytype === 'temporaryId' || finding?.refused || result?.result !== 'ok') return undefined;
  if (result.code === 'identity-conflict') return 'conflict';
  if (result.code === 'identity-blocked') return 'blocked';
  if (result.code === 'identity-limit') return 'limit';
  if (event.identitytoken === undefined) return 'no-token';
  // Where claims are believed, the store does not mind a bad token.
  return finding?.unproven !== undefined || result.code === 'identity-unproven' ? 'bad-token' : 'proven';
}

function readSent(value: unknown): number | 'deferred' {
  const ms = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  // Without a usable sent time the events' own times stand, as in a deferred batch.
  return ms ?? 'deferred';
}
