// Beyond Cisco: a call code that a caller reads out leads to the journey in their browser, and joins it to their phone
// number (or whatever else the call is known by). Digits can be tried, so wrong ones are counted: by the identity, by
// whose key redeems, and altogether. Who is over a limit is refused whatever they enter, or counting would be in vain.
import { createGcra } from '../../access/index.ts';
import { isKnownIdentitytype, lowerEmail, Problem, phoneDigits, readCallCode } from '../../protocol/index.ts';
import type { VisitorIdentity } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import { requireObject } from '../body.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireIdentity } from '../person-body.ts';
import { viewPerson } from '../person-view.ts';
import { ref } from '../schemas.ts';
import { causeOf } from './person-edits.ts';

const perHour = (count: number): number => count / 3600;

/** Wrong codes. The workspace's bounds what many numbers and keys may try together (decision 0090). */
const limits = {
  identity: { burst: 5, perSecond: perHour(5) },
  caller: { burst: 30, perSecond: perHour(30) },
  workspace: { burst: 100, perSecond: perHour(60) },
};

/** What became of an attempt, by the status of the refusal. */
const refusedAs = { 400: 'malformed', 404: 'unknown', 409: 'conflict', 429: 'limited' } as const;

export type CallCodeOutcome = 'redeemed' | (typeof refusedAs)[keyof typeof refusedAs];

export function callCodeCalls({ store, callCodes, onCallCode }: JourneyContext): Call[] {
  const failures = Object.entries(limits).map(([kind, rate]) => ({ kind, gcra: createGcra({ rate }) }));
  return [
    {
      name: 'redeemCallCode',
      method: 'POST',
      path: '/v1/api/call-code/workspace-id/:ws',
      group: 'Links',
      summary:
        'Beyond Cisco: the person behind a call code, once. With identity and identitytype the two are joined; a journey that belongs to another known person answers 409 and stays as it is.',
      scopes: allowed.editPerson,
      body: { type: 'application/json', schema: ref('CallCode') },
      answer: { schema: ref('Person') },
      audited: true,
      run: counted,
    },
  ];

  async function counted(call: CallRequest): Promise<unknown> {
    try {
      const answer = await redeem(call);
      onCallCode('redeemed');
      return answer;
    } catch (error) {
      if (error instanceof JourneyError && error.status in refusedAs) {
        onCallCode(refusedAs[error.status as keyof typeof refusedAs]);
      }
      throw error;
    }
  }

  async function redeem(call: CallRequest): Promise<unknown> {
    const { workspace } = call;
    const { code, identity } = readRequest(call);
    const names = namesOf(call, identity?.identity);
    const waitMs = Math.max(...failures.map(({ kind, gcra }) => waitOf(gcra, names[kind])));
    if (waitMs > 0) {
      call.reply.header('retry-after', String(Math.ceil(waitMs / 1000)));
      throw refused(429, 'rate-limited', 'Too many wrong call codes; try again later');
    }
    const temporaryId = await callCodes.redeem(workspace.id, code);
    if (temporaryId === undefined) {
      for (const { kind, gcra } of failures) if (names[kind] !== undefined) gcra.take(names[kind], 1);
      throw unknownCode();
    }
    if (identity) await join(call, { temporaryId, ...identity });
    const person = await store.personOfVisitor(workspace.id, temporaryId);
    // Erased since the code was issued.
    if (!person) throw unknownCode();
    call.saw(person.id);
    return { data: viewPerson(person, workspace) };
  }

  async function join(call: CallRequest, visitor: VisitorIdentity): Promise<void> {
    const { cause, trust } = causeOf(call);
    const outcome = await asUnknown(() =>
      store.joinVisitor(call.workspace.id, visitor, { cause: `${cause} call-code`, trust }),
    );
    if (outcome.result !== 'refused') return;
    const code = outcome.code ?? 'identity-conflict';
    throw code === 'identity-conflict'
      ? refused(409, code, 'The journey behind the code belongs to another known person; nothing was joined')
      : refused(400, code, 'The identity cannot be joined');
  }
}

function readRequest({ body }: CallRequest) {
  const { code: given, identity, identitytype } = requireObject(body);
  const code = readCallCode(given);
  if (code === undefined) throw refused(400, 'call-code-malformed', 'code: expected 6 to 9 digits as text');
  if (identity === undefined && identitytype === undefined) return { code };
  requireIdentity(identity, 'identity');
  if (!isKnownIdentitytype(identitytype)) {
    throw new JourneyError(400, 'identitytype: expected phone, email, customerId or socialId');
  }
  return { code, identity: { identity: identity.trim(), identitytype } };
}

/** Under which names a wrong code is counted. Two spellings of one number are one caller. */
function namesOf({ workspace, caller }: CallRequest, identity: string | undefined): Record<string, string | undefined> {
  const spelled = identity && (phoneDigits(identity) ?? lowerEmail(identity) ?? identity);
  return {
    identity: spelled && `${workspace.id} ${spelled}`,
    caller: `${workspace.id} ${caller.name}`,
    workspace: workspace.id,
  };
}

function waitOf(gcra: ReturnType<typeof createGcra>, name: string | undefined): number {
  return name === undefined ? 0 : gcra.waitMs(name, 1);
}

function refused(status: number, code: string, message: string): JourneyError {
  return new JourneyError(status, message, [`${code}: ${message}`]);
}

/** One answer for all that is wrong with a code: who tries learns nothing. */
function unknownCode(): JourneyError {
  return refused(404, 'call-code-unknown', 'The call code is not valid: never issued, used already, or expired');
}

async function asUnknown<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem && error.code === 'not-found' ? unknownCode() : error;
  }
}
