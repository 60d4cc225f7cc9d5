import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createExpiryHeap } from '../../../src/journey/profiles/expiry-heap.ts';

describe('the expiry heap', () => {
  it('gives each item at the time it was last put for, as a sorted list would', () => {
    const step = fc.oneof(
      fc.record({ put: fc.nat(9), at: fc.option(fc.nat(50), { nil: undefined }) }),
      fc.record({ now: fc.nat(60) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = createExpiryHeap<number>();
        const model = new Map<number, number>();
        for (const one of steps) {
          if ('now' in one) {
            const due = [...model].filter(([, at]) => at <= one.now).sort((a, b) => a[1] - b[1]);
            const given = heap.due(one.now);
            if (given.length !== due.length || due.some(([item]) => !given.includes(item))) return false;
            for (const [item] of due) model.delete(item);
          } else {
            heap.put(one.put, one.at);
            if (one.at === undefined) model.delete(one.put);
            else model.set(one.put, one.at);
          }
          const earliest = model.size === 0 ? undefined : Math.min(...model.values());
          if (heap.next() !== earliest) return false;
        }
        return true;
      }),
    );
  });
});
