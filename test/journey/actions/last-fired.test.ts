import { describe, expect, it } from 'vitest';
import type { CompiledAction } from '../../../src/journey/actions/compile.ts';
import { createLastFired } from '../../../src/journey/actions/last-fired.ts';
import type { StoredEvent } from '../../../src/store/index.ts';

const compiled = { action: { id: 'a' }, cooldownMs: 60_000 } as CompiledAction;
const event = { workspace: 'w', personId: 'p', receivedAt: 1_000_000 } as StoredEvent;

describe('when an action last fired', () => {
  it('is asked again where a link changed while the store was asked', () => {
    const lastFired = createLastFired();
    const learn = lastFired.asking();
    // Two people become one: the answer is of before.
    lastFired.forget();
    learn('a', 'p', 0);
    expect(lastFired.isQuiet(compiled, event)).toBeUndefined();
    lastFired.asking()('a', 'p', 999_500);
    expect(lastFired.isQuiet(compiled, event)).toBe(true);
    expect(lastFired.isQuiet(compiled, { ...event, receivedAt: 1_059_500 })).toBe(false);
  });

  it('matters to no action without a cool-down', () => {
    expect(createLastFired().isQuiet({ ...compiled, cooldownMs: 0 }, event)).toBe(false);
  });
});
