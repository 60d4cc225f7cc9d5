// Views through a real store, held to a model that looks at everything each time: modes, types, windows, limits and rules,
// with events that come late, links that are made and removed in between, and the time of asking chosen freely.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAttribute } from '../../../src/journey/profiles/aggregate.ts';
import { createFaults } from '../../../src/journey/profiles/fault.ts';
import { parseRules } from '../../../src/journey/profiles/rule.ts';
import type { CompiledTemplate } from '../../../src/journey/profiles/templates.ts';
import { computeView, viewQuery } from '../../../src/journey/profiles/view.ts';
import {
  aggregationModes,
  type Json,
  type JsonObject,
  lookBackDurationTypes,
  metaDataTypes,
  type RuleExpression,
  type TemplateAttribute,
} from '../../../src/protocol/index.ts';
import { openSqliteStore, type Store } from '../../../src/store/index.ts';
import { aFolder, anEvent, workspace } from '../../helpers.ts';
import { anAttribute, now } from './helpers.ts';
import { linkedPeople } from './linked-people.ts';

const people = ['ann', 'ben', 'cy', 'di'];
const types = ['visit', 'visit-again', 'buy'];
/** What attributes may ask for: also several types by their start. */
const names = [...types, 'visit*'];
const members = ['a', 'b', 'odd "name"'];
const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

interface Happened {
  who: string;
  type: string;
  ago: number;
  data: JsonObject;
}

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, 1, 2, 3.5, '2', '7', 'x', 'xy', '2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z'),
  fc.constantFrom<Json>([1], { deep: 1 }, ''),
);
// Around the ends of the windows, to the millisecond.
const ago = fc.oneof(
  fc.integer({ min: 0, max: 4 * 60_000 }),
  fc.constantFrom(0, 60_000, 60_001, 59_999, 120_000, 119_999, 3_600_000, 3_599_999, 86_400_000, 86_399_999),
);
const happened: fc.Arbitrary<Happened> = fc.record({
  who: fc.constantFrom(...people),
  type: fc.constantFrom(...types),
  ago,
  data: fc.dictionary(fc.constantFrom(...members), value),
});
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ event: happened }) },
  { weight: 2, arbitrary: fc.record({ join: fc.tuple(fc.constantFrom(...people), fc.constantFrom(...people)) }) },
  { weight: 1, arbitrary: fc.record({ part: fc.nat(5) }) },
);

const rule = (event: string): fc.Arbitrary<RuleExpression> => {
  const condition = fc
    .tuple(
      fc.constantFrom(event, event, 'other'),
      fc.constantFrom(...members),
      fc.constantFrom('string', 'integer', 'double'),
    )
    .chain(([type, member, dataType]) =>
      fc
        .tuple(
          dataType === 'string'
            ? fc.constantFrom('EQ', 'NEQ', 'HAS')
            : fc.constantFrom('EQ', 'NEQ', 'GT', 'GTE', 'LT', 'LTE'),
          dataType === 'string' ? fc.constantFrom('x', '2', 'true') : fc.constantFrom('1', '2', '3'),
        )
        .map(([operator, operand]) => `${type},${member},${dataType},Value ${operator} ${operand}`),
    );
  const single = condition.map((text): RuleExpression => ({ logic: 'SINGLE', condition: text }));
  const tree = fc.record({
    logic: fc.constantFrom('AND' as const, 'OR' as const),
    args: fc.array(fc.oneof(condition, single), { minLength: 1, maxLength: 3 }),
  });
  return fc.oneof(
    single,
    tree,
    tree.map((inner): RuleExpression => ({ logic: 'AND', args: [inner] })),
  );
};
const attribute: fc.Arbitrary<TemplateAttribute> = fc
  .record({
    event: fc.constantFrom(...names),
    metaData: fc.constantFrom(...members),
    metaDataType: fc.constantFrom(...metaDataTypes),
    limit: fc.constantFrom(0, 1, 2, 3, 100),
    lookBackDurationType: fc.constantFrom(...lookBackDurationTypes),
    lookBackPeriod: fc.constantFrom(1, 2),
    aggregationMode: fc.constantFrom(...aggregationModes),
    verbose: fc.boolean(),
  })
  .chain((base) => fc.option(rule(base.event), { nil: null }).map((rules) => anAttribute({ ...base, rules })));

// The model: plain words of the contract, 4.3 and 4.4.

function typed(given: Json | undefined, type: string): string | number | undefined {
  if (given === undefined || given === null) return undefined;
  if (type === 'string') return typeof given === 'object' ? JSON.stringify(given) : `${given}`;
  if (type === 'utc_datetime') {
    if (typeof given !== 'string' && typeof given !== 'number') return undefined;
    const ms = new Date(given).getTime();
    return Number.isNaN(ms) ? undefined : ms;
  }
  if (typeof given !== 'number' && typeof given !== 'string') return undefined;
  if (given === '' || Number.isNaN(Number(given))) return undefined;
  return type === 'integer' && Number(given) % 1 !== 0 ? undefined : Number(given);
}

function fulfils(expression: RuleExpression | string, { type, data }: Happened): boolean {
  if (typeof expression !== 'string') {
    if (expression.logic === 'SINGLE') return fulfils(expression.condition, { type, data } as Happened);
    const each = expression.args.map((arg) => fulfils(arg, { type, data } as Happened));
    return expression.logic === 'AND' ? !each.includes(false) : each.includes(true);
  }
  const [event, member = '', dataType = '', rest = ''] = expression.split(',');
  const [, operator, operand = ''] = rest.split(' ');
  const left = typed(data[member], dataType);
  const right = typed(operand, dataType);
  if (event !== type || left === undefined || right === undefined) return false;
  if (operator === 'EQ') return left === right;
  if (operator === 'NEQ') return left !== right;
  if (operator === 'HAS') return `${left}`.includes(`${right}`);
  if (operator === 'GT') return left > right;
  if (operator === 'GTE') return left >= right;
  return operator === 'LT' ? left < right : left <= right;
}

function naive(one: TemplateAttribute, journey: Happened[], later: number): { result: string; count: number } {
  const length = one.lookBackPeriod * unitMs[one.lookBackDurationType];
  let used = journey.filter(
    (event) =>
      (event.type === one.event || (one.event === 'visit*' && event.type.startsWith('visit'))) &&
      event.ago + later < length &&
      // Rules speak of the events by the name that the attribute has for them.
      (one.rules === null || fulfils(one.rules, { ...event, type: one.event })),
  );
  if (one.limit > 0) used = used.slice(0, one.limit);
  const count = used.length;
  const values = used
    .map(({ data }) => typed(data[one.metaData], one.metaDataType))
    .filter((found) => found !== undefined);
  const write = (found: string | number) =>
    one.metaDataType === 'utc_datetime' && typeof found === 'number' ? new Date(found).toISOString() : `${found}`;
  const numbers = values.map(Number);
  const sum = numbers.reduce((total, each) => total + each, 0);
  if (one.aggregationMode === 'Count') return { result: `${count}`, count };
  if (values.length === 0) return { result: '', count };
  const results = {
    Value: values.map(write).join(','),
    Distinct: values
      .map(write)
      .filter((text, index, all) => all.indexOf(text) === index)
      .join(','),
    Sum: () => write(sum),
    Average: () => write(sum / numbers.length),
    Max: () => write(Math.max(...numbers)),
    Min: () => write(Math.min(...numbers)),
  };
  const result = results[one.aggregationMode];
  return { result: typeof result === 'string' ? result : result(), count };
}

/** Templates refuse numbers of texts, whole events of several types, and sums of times are no times. */
const isSound = ({ event, verbose, aggregationMode, metaDataType }: TemplateAttribute): boolean =>
  !(verbose && event === 'visit*') &&
  (!['Sum', 'Average', 'Max', 'Min'].includes(aggregationMode) ||
    metaDataType === 'integer' ||
    metaDataType === 'double' ||
    (metaDataType === 'utc_datetime' && (aggregationMode === 'Max' || aggregationMode === 'Min')));

async function append(store: Store, { who, type, ago: before, data }: Happened, time: number, ofWorkspace: string) {
  const event = anEvent({
    identity: who,
    identitytype: 'customerId',
    type,
    data,
    time: new Date(now - before).toISOString(),
  });
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify([event])));
  const [result] = await store.append({
    workspace: ofWorkspace,
    sender: 'trusted',
    repeats: 'publish',
    receivedAt: time,
    body,
  });
  expect(result?.result).toBe('ok');
}

describe('views over a store', () => {
  it('are what a model says that looks at everything', { timeout: 120_000 }, async () => {
    const store = await openSqliteStore({ file: `${aFolder()}/x.db`, now: () => now });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 30 }),
        fc.array(attribute.filter(isSound), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0, 1, 60_000, 59_999),
        async (steps, attributes, later) => {
          run += 1;
          const own = `${workspace.slice(0, 16)}${String(run).padStart(8, '0')}`;
          const journey: (Happened & { order: number })[] = [];
          const linked = linkedPeople(store, own);
          for (const [order, one] of steps.entries()) {
            if ('event' in one) {
              await append(store, one.event, now, own);
              journey.push({ ...one.event, order });
            } else if ('join' in one) await linked.join(...one.join);
            else await linked.part(one.part);
          }
          const template: CompiledTemplate = {
            template: { id: 't', name: 't', attributes, createdAt: '', createdBy: '', updatedAt: '', updatedBy: '' },
            attributes: attributes.map((one) => compileAttribute(one, parseRules(one.rules, 'rules', createFaults()))),
          };
          for (const who of people) {
            const group = linked.personOf(who);
            const theirs = journey
              .filter((event) => group.has(event.who))
              .sort((a, b) => a.ago - b.ago || b.order - a.order);
            const [found] = await store.facts([viewQuery(template, own, { identity: who }, now + later)]);
            const computed = found && computeView(template, found, now + later);
            const expected = attributes.map((one) => naive(one, theirs, later));
            if (!computed) {
              expect(theirs).toEqual([]);
              continue;
            }
            expect(computed.aggregates.map(({ result, used }) => ({ result, count: used.length }))).toEqual(expected);
          }
        },
      ),
      { numRuns: 80 },
    );
    await store.close();
  });
});
