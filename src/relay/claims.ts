// What the relay finds out about each event of a page before it is stored: refused for its form, because it is reserved
// for server keys or beyond what the site key allows, or an identity whose token is genuine. Who is joined with whom is
// then decided in the store.
import { type Site, type SiteKeyRules, verifyIdentityToken } from '../access/index.ts';
import { correctTime, Problem, type ProblemCode, type WireEvent } from '../protocol/index.ts';
import type { Finding } from '../store/index.ts';

export interface ClaimContext {
  site: Pick<Site, 'workspace' | 'rules'>;
  receivedAt: number;
  sent: number | 'deferred';
}

/** Checking a signature costs as much as checking fifty events; a page has one login, not hundreds. */
export const maxTokens = 20;

/** Findings by index; events about which there is nothing to say have none. */
export async function examine(
  events: readonly (WireEvent | Problem)[],
  context: ClaimContext,
): Promise<Record<number, Finding>> {
  const findings: Record<number, Finding> = {};
  let tokens = 0;
  for (const [index, event] of events.entries()) {
    if (event instanceof Problem) {
      findings[index] = { refused: refusal(event) };
      continue;
    }
    const refused = reservedFor(event) ?? notAllowed(event, context.site.rules);
    if (refused) {
      findings[index] = { refused: { ...refused, pointer: `/${index}/${refused.pointer}` } };
    } else if (event.identitytoken !== undefined) {
      tokens++;
      findings[index] =
        tokens > maxTokens
          ? { unproven: `a batch may carry ${maxTokens} tokens` }
          : await proofOf(event, event.identitytoken, context);
    }
  }
  return findings;
}

/** For trusted senders, whose word is taken: only what is no event is refused. */
export function examineForm(events: readonly (WireEvent | Problem)[]): Record<number, Finding> {
  const findings: Record<number, Finding> = {};
  for (const [index, event] of events.entries()) {
    if (event instanceof Problem) findings[index] = { refused: refusal(event) };
  }
  return findings;
}

interface Refusal {
  code: ProblemCode;
  detail: string;
  pointer?: string;
}

function refusal({ code, detail, pointer }: Problem): Refusal {
  return pointer === undefined ? { code, detail } : { code, detail, pointer };
}

/** What only server keys may send: the contact centre's own events (jds-contract 1.6). */
function reservedFor(event: WireEvent): Refusal | undefined {
  const prefix = /^\s*(task|agent|empath):/i.exec(event.type)?.[1];
  if (prefix) {
    const detail = `types that start with ${prefix.toLowerCase()}: are reserved for server keys`;
    return { code: 'type-reserved', detail, pointer: 'type' };
  }
  if (isWxcc(event.source)) {
    return {
      code: 'type-reserved',
      detail: 'sources that contain wxcc are reserved for server keys',
      pointer: 'source',
    };
  }
  return undefined;
}

/** Also in percent-encoding: a source is a URI reference. */
function isWxcc(source: string): boolean {
  if (/wxcc/i.test(source)) return true;
  return source.includes('%') && /wxcc/i.test(source.replace(/%([0-7][0-9a-f])/gi, (_all, hex) => fromHex(hex)));
}

function fromHex(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function notAllowed(event: WireEvent, rules: SiteKeyRules): Refusal | undefined {
  if (!rules.allowsSource(event.source)) {
    return { code: 'source-not-allowed', detail: 'the key does not allow this source', pointer: 'source' };
  }
  if (!rules.allowsType(event.type)) {
    return { code: 'type-not-allowed', detail: 'the key does not allow this type', pointer: 'type' };
  }
  if (!rules.allowsIdentitytype(event.identitytype)) {
    const detail = `the key does not allow ${event.identitytype}`;
    return { code: 'identitytype-not-allowed', detail, pointer: 'identitytype' };
  }
  return undefined;
}

async function proofOf(event: WireEvent, token: string, context: ClaimContext): Promise<Finding> {
  const { receivedAt, sent, site } = context;
  const verdict = await verifyIdentityToken(token, {
    workspace: site.workspace.id,
    keys: site.workspace.identityKeys,
    unbound: site.workspace.identity.unboundTokens ?? false,
    eventTime: correctTime({
      time: event.time === undefined ? undefined : Date.parse(event.time),
      clockoffset: event.clockoffset,
      sent,
      receivedAt,
    }),
    receivedAt,
  });
  if ('proof' in verdict) return { proof: verdict.proof };
  return { unproven: verdict.reason, ...(verdict.unknownKey && { unknownKey: true }) };
}
