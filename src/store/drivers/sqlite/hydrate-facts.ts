// What a reader found for profiles, made into facts on the main thread.
import type { CloudEvent, Json, JsonObject } from '../../../protocol/index.ts';
import type { Fact, FactsQuery, PersonFacts, WantedFacts } from '../../facts.ts';
import { startOfTypes } from '../../type-pattern.ts';
import { planWalks, type SentRun } from './fact-walk.ts';
import type { SentFacts } from './facts.ts';

export function hydrateFacts(queries: readonly FactsQuery[], sent: readonly SentFacts[]): PersonFacts[] {
  return sent.map(({ personId, runs, notes }, index) => {
    const wanted = queries[index]?.wanted ?? [];
    const membersAt = membersByPlace(wanted);
    const facts: Fact[] = [];
    for (const run of runs) addFacts(facts, run, wanted, membersAt);
    if (runs.length > 1) facts.sort((a, b) => b.correctedTime - a.correctedTime || b.sequence - a.sequence);
    return { ...(personId !== null && { personId }), facts, ...(notes && { notes }) };
  });
}

function membersByPlace(wanted: FactsQuery['wanted']): WantedFacts['members'][] {
  const membersAt: WantedFacts['members'][] = [];
  for (const { places, members } of planWalks(wanted)) for (const place of places) membersAt[place] = members;
  return membersAt;
}

function addFacts(
  facts: Fact[],
  run: SentRun,
  wanted: FactsQuery['wanted'],
  membersAt: readonly WantedFacts['members'][],
): void {
  const { corrected, place, found } = run;
  for (const [at, sequence] of run.sequence.entries()) {
    const correctedTime = corrected[at] ?? 0;
    const here = place[place.length === 1 ? 0 : at] ?? 0;
    const { type = '', after = 0 } = wanted[here] ?? {};
    if (correctedTime <= after) continue;
    facts.push({ sequence, correctedTime, event: eventOf(type, membersAt[here] ?? [], found[at]) });
  }
}

function eventOf(type: string, members: WantedFacts['members'], found: unknown): Fact['event'] {
  // Of several types under one name, only the members are wanted.
  if (found !== undefined && !Array.isArray(found))
    return startOfTypes(type) === undefined ? (found as CloudEvent) : { ...(found as CloudEvent), type };
  const data: JsonObject = {};
  for (let at = 0; at < members.length; at += 1)
    data[String(members[at])] = (found as Json[] | undefined)?.[at] ?? null;
  return { type, data };
}
