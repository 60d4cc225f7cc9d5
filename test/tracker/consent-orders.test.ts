// Consent in every order, against a model of a few lines: what happens under `granted` is told, under `pending` it waits for
// `granted`, and `denied` drops what is not on its way yet; and nothing lies on the device without consent.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Consent } from '../../src/protocol/index.ts';
import { createSimulatedBrowser, type SimulatedBrowser } from './simulated-browser.ts';

const consent = fc.constantFrom<Consent>('granted', 'pending', 'denied');
const step = fc.oneof(consent, fc.constantFrom('track' as const, 'wait' as const));

/** Whatever is under way has come to its end. */
async function longAfter(browser: SimulatedBrowser): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await browser.pass(1_000);
}

test('what is told follows from the decisions, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(consent, fc.array(step, { maxLength: 12 }), async (initial, steps) => {
      const browser = createSimulatedBrowser({ consent: initial });
      const { waymark } = browser.open('/');
      await browser.pass(300);
      let now = initial;
      /** Waits for consent. */
      let held: string[] = [];
      /** Waits for its turn. */
      let due: string[] = [];
      const told: string[] = [];
      for (const [index, next] of steps.entries()) {
        if (next === 'wait') {
          await longAfter(browser);
          told.push(...due.splice(0));
        } else if (next === 'track') {
          waymark.track(`step${index}`);
          if (now === 'granted') due.push(`step${index}`);
          if (now === 'pending') held.push(`step${index}`);
        } else {
          waymark.setConsent(next);
          // Nobody decides twice in one task.
          await browser.pass(1);
          now = next;
          if (now === 'granted') due.push(...held.splice(0));
          if (now !== 'denied') continue;
          [held, due] = [[], []];
          expect(waymark.getState()).toMatchObject({ temporaryId: undefined, waiting: 0 });
          expect(browser.stored().filter((name) => name.startsWith('wm_'))).toEqual([]);
        }
      }
      told.push(...due);
      await longAfter(browser);
      const types = browser.events().map(({ type }) => type);
      expect(types.filter((type) => type !== 'webvisit')).toEqual(told);
      if (now === 'denied') expect(browser.stored()).toEqual([]);
      if (now === 'granted') expect(types).toContain('webvisit');
    }),
    { numRuns: 200 },
  );
});
