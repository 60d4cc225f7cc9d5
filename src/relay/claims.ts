// What the relay finds out about each event before it is stored: refused for its form or because it is reserved for
// server keys, or an identity whose token is genuine. Who is joined with whom is then decided in the store.
import { verifyIdentityToken, type Workspace } from '../access/index.ts';
import { correctTime, Problem, type ProblemCode, type WireEvent } from '../protocol/index.ts';
import type { Finding } from '../store/index.ts';

interface ClaimContext {
  workspace: Workspace;
  receivedAt: number;
  sent: number | 'deferred';
}

/** Findings by index; events about which there is nothing to say have none. */
export async function examine(
  events: readonly (WireEvent | Problem)[],
  context: ClaimContext,
): Promise<Record<number, Finding>> {
  const findings: Record<number, Finding> = {};
  for (const [index, event] of events.entries()) {
    if (event instanceof Problem) {
      const { code, detail, pointer } = event;
      findings[index] = { refused: pointer === undefined ? { code, detail } : { code, detail, pointer } };
      continue;
    }
    const reserved = reservedFor(event);
    if (reserved) {
      findings[index] = { refused: { ...reserved, pointer: `/${index}/${reserved.member}` } };
    } else if (event.identitytoken !== undefined) {
      findings[index] = await proofOf(event, event.identitytoken, context);
    }
  }
  return findings;
}

/** What only server keys may send: the contact centre's own events (jds-contract 1.6). */
function reservedFor(event: WireEvent): { code: ProblemCode; detail: string; member: string } | undefined {
  const prefix = /^(task|agent|empath):/i.exec(event.type)?.[0];
  if (prefix) {
    return {
      code: 'type-reserved',
      detail: `types that start with ${prefix} are reserved for server keys`,
      member: 'type',
    };
  }
  if (/wxcc/i.test(event.source)) {
    return {
      code: 'type-reserved',
      detail: 'sources that contain wxcc are reserved for server keys',
      member: 'source',
    };
  }
  return undefined;
}

async function proofOf(event: WireEvent, token: string, context: ClaimContext): Promise<Finding> {
  const { workspace, receivedAt, sent } = context;
  const verdict = await verifyIdentityToken(token, {
    workspace: workspace.id,
    keys: workspace.identityKeys,
    unbound: workspace.identity.unboundTokens ?? false,
    eventTime: correctTime({
      time: event.time === undefined ? undefined : Date.parse(event.time),
      clockoffset: event.clockoffset,
      sent,
      receivedAt,
    }),
    receivedAt,
  });
  return 'proof' in verdict ? { proof: verdict.proof } : { unproven: verdict.reason };
}
