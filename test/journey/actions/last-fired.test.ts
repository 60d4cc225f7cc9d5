import { describe, expect, it } from 'vitest';
import type { CompiledAction } from '../../../src/journey/actions/compile.ts';
import { createLastFired } from '../../../src/journey/actions/last-fired.ts';
import type { Note, StoredEvent } from '../../../src/store/index.ts';

const compiled = { action: { id: 'a' }, cooldownMs: 60_000 } as CompiledAction;
const event = { workspace: 'w', personId: 'p', receivedAt: 1_000_000 } as StoredEvent;

describe('when an action last fired', () => {
  it('is asked again where a link changed while the store was asked', async () => {
    const answers: Note[][] = [[], [{ at: 999_500 } as Note]];
    const lastFired = createLastFired({
      notes: async () => {
        // The first answer is of before two people became one.
        if (answers.length === 2) lastFired.forget();
        return answers.shift() ?? [];
      },
    });
    expect(await lastFired.wasLately(compiled, event)).toBe(false);
    expect(await lastFired.wasLately(compiled, event)).toBe(true);
    expect(lastFired.isQuiet(compiled, event)).toBe(true);
  });
});
