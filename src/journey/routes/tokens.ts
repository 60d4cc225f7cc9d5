// Beyond Cisco: short-lived read-only tokens for agent desks, stream tickets for URLs, and the audit.
import { maxLengths } from '../../protocol/index.ts';
import { allowed } from '../authorize.ts';
import { requireObject } from '../body.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { readPage, readText } from '../query.ts';
import { listOf, ref } from '../schemas.ts';

const maxSeconds = 43_200;
const usualSeconds = 900;

export function tokenCalls({ readTokens, store, audit, now }: JourneyContext): Call[] {
  return [
    {
      name: 'createReadToken',
      method: 'POST',
      path: '/v1/api/token/workspace-id/:ws',
      group: 'Tokens and audit',
      summary:
        'A token that reads for a while (15 minutes, 12 hours at most), or with use=stream only opens streams; with identity it reads this person and nobody else, and never more than the key that asks. name stands in the audit.',
      scopes: allowed.readEvents,
      body: { type: 'application/json', schema: ref('TokenRequest'), optional: true },
      answer: { status: 201, schema: ref('Token') },
      audited: true,
      run: make,
    },
    {
      name: 'getAudit',
      method: 'GET',
      path: '/v1/api/audit/workspace-id/:ws',
      group: 'Tokens and audit',
      summary: 'Who read or changed whom, newest first.',
      scopes: allowed.writeWorkspaces,
      query: { personId: 'One person.', page: 'From 0.', pageSize: '1 to 1,000. Default 1,000.' },
      answer: { schema: listOf(ref('AuditEntry')) },
      run: readAudit,
    },
  ];

  async function make({ workspace, caller, body }: CallRequest): Promise<unknown> {
    const {
      use = 'read',
      identity,
      name,
      expiresInSeconds = usualSeconds,
    } = body.value === undefined ? {} : requireObject(body);
    if (use !== 'read' && use !== 'stream') throw new JourneyError(400, 'use: expected read or stream');
    if (!Number.isInteger(expiresInSeconds) || Number(expiresInSeconds) < 1 || Number(expiresInSeconds) > maxSeconds) {
      throw new JourneyError(400, `expiresInSeconds: expected a whole number from 1 to ${maxSeconds}`);
    }
    const life = Number(expiresInSeconds) * 1000;
    // Never longer than the token that asked for it.
    const expiresAt = Math.floor(Math.min(now() + life, caller.expiresAt ?? Number.POSITIVE_INFINITY) / 1000) * 1000;
    const bound = readMember('identity', identity);
    const agent = readMember('name', name);
    const token = await readTokens.make({
      workspace: workspace.id,
      name: agent === undefined ? caller.name : `${caller.name}/${agent}`,
      use,
      scopes: [...caller.scopes],
      expiresAt,
      ...(bound === undefined ? {} : { identity: bound }),
    });
    return { data: { token, expiresAt: new Date(expiresAt).toISOString() } };
  }

  async function readAudit({ workspace, query }: CallRequest): Promise<unknown> {
    await audit.flush();
    const personId = readText(query, 'personId');
    const entries = await store.accesses(workspace.id, {
      ...readPage(query),
      ...(personId === undefined ? {} : { personId }),
    });
    return {
      data: entries.map(({ at, caller, call, persons, trackingId, refused }) => ({
        at: new Date(at).toISOString(),
        caller,
        call,
        persons,
        trackingId,
        ...(refused !== undefined && { refused }),
      })),
    };
  }
}

function readMember(member: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxLengths.identity) {
    throw new JourneyError(400, `${member}: expected a text of 1 to ${maxLengths.identity} characters`);
  }
  return value.trim();
}
