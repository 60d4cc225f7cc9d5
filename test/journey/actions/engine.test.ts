// The engine over a real store, held to a model: which event fires which action, with cool-downs, late events, links that are
// made and removed in between, engines that stop and start, and a clock of its own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAction } from '../../../src/journey/actions/action.ts';
import { createActions } from '../../../src/journey/actions/actions.ts';
import { type ActionEngine, startActionEngine } from '../../../src/journey/actions/engine.ts';
import { createTemplates } from '../../../src/journey/profiles/templates.ts';
import { firedKind } from '../../../src/journey/profiles/view.ts';
import { openSqliteStore, type Store } from '../../../src/store/index.ts';
import { aFolder, anEvent, workspace } from '../../helpers.ts';
import { anAttribute, now as start } from '../profiles/helpers.ts';
import { linkedPeople } from '../profiles/linked-people.ts';

const people = ['ann', 'ben', 'cy'];
const minute = 60_000;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ who: fc.constantFrom(...people), lateMs: fc.constantFrom(0, 0, minute, 9 * minute) }),
  },
  { weight: 2, arbitrary: fc.record({ passMs: fc.constantFrom(1, minute, 5 * minute, 5 * minute - 1, 10 * minute) }) },
  { weight: 2, arbitrary: fc.record({ join: fc.tuple(fc.constantFrom(...people), fc.constantFrom(...people)) }) },
  { weight: 1, arbitrary: fc.record({ part: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
);

interface Happened {
  who: string;
  time: number;
}

describe('the engine of actions', () => {
  it('fires what a model says, each once', { timeout: 120_000 }, async () => {
    let clock = start;
    const now = () => clock;
    const store: Store = await openSqliteStore({ file: `${aFolder()}/x.db`, now });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 30 }),
        fc.constantFrom(0, 5, 12),
        fc.constantFrom('GTE 1', 'GTE 3', 'EQ 2', 'LT 3'),
        async (steps, cooldown, comparison) => {
          run += 1;
          clock = start + run * 86_400_000;
          const own = `${workspace.slice(0, 16)}${String(run).padStart(8, '0')}`;
          const templates = createTemplates(store, now);
          const actions = createActions(store, now);
          const open = (): Promise<ActionEngine> =>
            startActionEngine({
              store,
              templates,
              actions,
              now,
              onError: (error) => expect.unreachable(String(error)),
            });
          let engine = await open();
          const attribute = anAttribute({ event: 'buy', lookBackPeriod: 10 });
          const made = await templates.create(own, { name: 'T', attributes: [attribute] }, 'test');
          const rules = { logic: 'SINGLE', condition: `buy,origin,string,Count ${comparison}` };
          const given = { name: 'A', rules, cooldownPeriodInMinutes: cooldown };
          const action = await actions.create(own, made.template.id, parseAction(given, made.attributes), 'test');

          const journey: Happened[] = [];
          const linked = linkedPeople(store, own);
          const fired: { who: string; at: number }[] = [];
          const expected: number[] = [];
          const holds = (count: number): boolean => {
            const [operator, text] = comparison.split(' ');
            if (operator === 'EQ') return count === Number(text);
            return operator === 'LT' ? count < Number(text) : count >= Number(text);
          };

          for (const one of steps) {
            if ('who' in one) {
              const time = clock - one.lateMs;
              const event = anEvent({
                identity: one.who,
                identitytype: 'customerId',
                type: 'buy',
                time: new Date(time).toISOString(),
              });
              const body = new Uint8Array(new TextEncoder().encode(JSON.stringify([event])));
              const [result] = await store.append({
                workspace: own,
                sender: 'trusted',
                repeats: 'publish',
                receivedAt: clock,
                body,
              });
              journey.push({ who: one.who, time });
              const group = linked.personOf(one.who);
              const count = journey.filter(({ who, time: at }) => group.has(who) && at > clock - 10 * minute).length;
              const quiet = fired.some(
                ({ who, at }) => cooldown > 0 && group.has(who) && clock < at + cooldown * minute,
              );
              // One that is past the window already counts for it all the same: its type is what the action looks at.
              if (holds(count) && !quiet) {
                fired.push({ who: one.who, at: clock });
                expected.push(result?.sequence ?? -1);
              }
              while (engine.sequence() < (result?.sequence ?? 0)) await new Promise(setImmediate);
            } else if ('passMs' in one) clock += one.passMs;
            else if ('restart' in one) {
              await engine.stop();
              engine = await open();
            } else if ('join' in one) await linked.join(...one.join);
            else await linked.part(one.part);
          }
          await engine.stop();
          const notes = await store.notes(own, { kind: firedKind, subject: action.action.id, limit: 100 });
          expect(notes.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
    await store.close();
  });
});
