import { describe, expect, it } from 'vitest';
import type { CompiledAction } from '../../../src/journey/actions/compile.ts';
import { readPast } from '../../../src/journey/actions/past.ts';
import { compileAttribute } from '../../../src/journey/profiles/aggregate.ts';
import type { Fact, FactsQuery, StoredEvent } from '../../../src/store/index.ts';
import { anEvent } from '../../helpers.ts';
import { anAttribute } from '../profiles/helpers.ts';

const minute = 60_000;

function aStored(sequence: number, personId: string, receivedAt: number): StoredEvent {
  return {
    sequence,
    workspace: 'w',
    personId,
    receivedAt,
    correctedTime: receivedAt,
    trust: 'anonymous',
    event: anEvent() as StoredEvent['event'],
  };
}

const anAction = () => ({ attributes: [compileAttribute(anAttribute(), undefined)] }) as unknown as CompiledAction;

describe('the past of the persons of a page', () => {
  it('is asked for once a person, far enough for each event, and ends with the event', async () => {
    const page = [aStored(1, 'p', 2_000_000), aStored(2, 'q', 3_000_000), aStored(3, 'p', 1_000_000)];
    const asked: FactsQuery[] = [];
    const fact = (sequence: number): Fact => ({ sequence, correctedTime: sequence, event: { type: 'x', data: {} } });
    const facts = async (queries: readonly FactsQuery[]) => {
      asked.push(...queries);
      return queries.map(() => ({ facts: [fact(3), fact(1)] }));
    };
    const compiled = anAction();
    const candidates = page.map((event) => ({ event, compiled, asksLastFire: false }));
    const pastOf = await readPast({ facts }, candidates, page);
    expect(asked).toMatchObject([
      { personId: 'p', upTo: 3, wanted: [{ after: 1_000_000 - 30 * minute, limit: 102 }] },
      { personId: 'q', upTo: 2, wanted: [{ after: 3_000_000 - 30 * minute, limit: 101 }] },
    ]);
    expect(page.map((event) => pastOf(event).facts.map(({ sequence }) => sequence))).toEqual([[1], [1], [3, 1]]);
  });

  it('is found for a page of one busy person and all the actions that a workspace may have', async () => {
    const page = Array.from({ length: 500 }, (_, index) => aStored(index + 1, 'p', index));
    const actions = Array.from({ length: 500 }, anAction);
    const candidates = page.flatMap((event) => actions.map((compiled) => ({ event, compiled, asksLastFire: false })));
    const pastOf = await readPast({ facts: async () => [{ facts: [] }] }, candidates, page);
    expect(pastOf(page[499] as StoredEvent).facts).toEqual([]);
  });
});
