import { describe, expect, it } from 'vitest';
import type { Fire } from '../../../src/journey/actions/fire.ts';
import { createTally } from '../../../src/journey/actions/tally.ts';
import type { StoredEvent } from '../../../src/store/index.ts';

const event = (workspace: string, personId: string) => ({ workspace, personId }) as StoredEvent;

describe('the tally of a page', () => {
  it('counts by person, by action and by workspace', () => {
    const tally = createTally();
    for (const [action, workspace, person] of [
      ['a', 'w', 'p'],
      ['a', 'w', 'q'],
      ['b', 'w', 'p'],
      ['c', 'x', 'p'],
    ] as const) {
      tally.add({ action: { id: action }, event: event(workspace, person) } as Fire);
    }
    expect(tally.of('a', event('w', 'p'))).toEqual({ person: 1, action: 2, workspace: 3 });
    expect(tally.of('c', event('x', 'q'))).toEqual({ person: 0, action: 1, workspace: 1 });
    expect(tally.of('d', event('y', 'p'))).toEqual({ person: 0, action: 0, workspace: 0 });
  });
});
