import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimedEvent } from '../../../src/journey/profiles/aggregate.ts';
import type { RuleExpression, TemplateAttribute } from '../../../src/protocol/index.ts';
import { ago, anAttribute, evaluate, now } from './helpers.ts';

const minute = 60_000;
const numbers = [
  ago(4 * minute, { pages: 4 }),
  ago(3 * minute, { pages: 1 }),
  ago(2 * minute, { pages: '2.5' }),
  ago(minute, { pages: 'many' }),
];
const over = (overrides: Partial<TemplateAttribute>) =>
  anAttribute({ metaData: 'pages', metaDataType: 'double', ...overrides });

describe('a profile attribute', () => {
  it('counts events, and combines what is a number', () => {
    const result = (aggregationMode: TemplateAttribute['aggregationMode']) =>
      evaluate(over({ aggregationMode }), numbers).result;
    expect(result('Count')).toBe('4');
    expect(result('Sum')).toBe('7.5');
    expect(result('Max')).toBe('4');
    expect(result('Min')).toBe('1');
    expect(result('Average')).toBe('2.5');
    expect(result('Value')).toBe('2.5,1,4');
  });

  it('lists values newest first, each once when distinct', () => {
    const events = ['a', 'b', 'a'].map((origin, index) => ago((3 - index) * minute, { origin }));
    expect(evaluate(anAttribute({ aggregationMode: 'Value' }), events).result).toBe('a,b,a');
    expect(evaluate(anAttribute({ aggregationMode: 'Distinct' }), events).result).toBe('a,b');
  });

  it('is 0 when counted and empty otherwise where nothing matches', () => {
    expect(evaluate(anAttribute(), []).result).toBe('0');
    for (const aggregationMode of ['Value', 'Distinct', 'Sum', 'Max', 'Min', 'Average'] as const) {
      expect(evaluate(over({ aggregationMode }), []).result).toBe('');
    }
  });

  it('ends its window to the millisecond, and says when it changes', () => {
    const lookBack = 30 * minute;
    const { result, changesAt } = evaluate(anAttribute(), [ago(lookBack - 1)]);
    expect([result, changesAt]).toEqual(['1', now + 1]);
    expect(evaluate(anAttribute(), [ago(lookBack - 1)], now + 1).result).toBe('0');
    expect(evaluate(anAttribute(), [ago(lookBack)]).result).toBe('0');
    expect(evaluate(anAttribute(), [ago(0)]).result).toBe('1');
  });

  it('takes no number for a time that no calendar has', () => {
    const times = (aggregationMode: TemplateAttribute['aggregationMode']) =>
      anAttribute({ metaData: 'due', metaDataType: 'utc_datetime', aggregationMode });
    const events = [ago(2, { due: 1e300 }), ago(1, { due: -8.64e15 - 1 }), ago(0, { due: 0 })];
    for (const mode of ['Value', 'Distinct', 'Max', 'Min'] as const) {
      expect(evaluate(times(mode), events).result).toBe('1970-01-01T00:00:00.000Z');
    }
    // Templates refuse sums of times now; those that were kept before still answer.
    const many = Array.from({ length: 3 }, () => ago(1, { due: 8e15 }));
    expect(() => evaluate(times('Sum'), many)).not.toThrow();
  });

  it('applies rules first, then takes the newest up to the limit', () => {
    const rules: RuleExpression = { logic: 'SINGLE', condition: 'webvisit,origin,string,Value EQ a' };
    const events = ['a', 'b', 'a', 'b', 'a'].map((origin, index) => ago((5 - index) * minute, { origin, step: index }));
    const { used } = evaluate(anAttribute({ rules, limit: 2 }), events);
    expect(used.map(({ event }) => event.data['step'])).toEqual([4, 2]);
    expect(evaluate(anAttribute({ rules, limit: 0 }), events).result).toBe('3');
  });

  it('may filter by another member than the one it combines', () => {
    const rules: RuleExpression = { logic: 'SINGLE', condition: 'task:new,channelType,string,Value EQ email' };
    const events = [
      ago(1, { origin: 'x@example.com', channelType: 'email' }, 'task:new'),
      ago(2, { origin: '+1555', channelType: 'telephony' }, 'task:new'),
    ];
    expect(evaluate(anAttribute({ event: 'task:new', aggregationMode: 'Value', rules }), events).result).toBe(
      'x@example.com',
    );
  });

  it('reads times, and keeps commas in a rule’s value', () => {
    const due = [ago(2, { due: '2026-11-20T00:00:00Z' }), ago(1, { due: '2026-11-25T00:00:00+00:00' })];
    const times = anAttribute({ metaData: 'due', metaDataType: 'utc_datetime', aggregationMode: 'Max' });
    expect(evaluate(times, due).result).toBe('2026-11-25T00:00:00.000Z');
    const late: RuleExpression = {
      logic: 'SINGLE',
      condition: 'webvisit,due,utc_datetime,Value LT 2026-11-22T00:00:00Z',
    };
    expect(evaluate(anAttribute({ rules: late }), due).result).toBe('1');
    const commas: RuleExpression = { logic: 'SINGLE', condition: 'webvisit,origin,string,Value EQ Rates, fixed' };
    expect(evaluate(anAttribute({ rules: commas }), [ago(1, { origin: 'Rates, fixed' })]).result).toBe('1');
  });

  it('equals a naive model for every mode, type, window, limit and rule', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ms: fc.nat(90 * minute), value: aValue, type: fc.constantFrom('webvisit', 'other') }), {
          maxLength: 30,
        }),
        fc.constantFrom('Value', 'Count', 'Sum', 'Max', 'Min', 'Average', 'Distinct'),
        fc.constantFrom('string', 'integer', 'double'),
        fc.integer({ min: 1, max: 90 }),
        fc.nat(5),
        fc.constantFrom(undefined, ...simpleRules),
        (made, aggregationMode, type, lookBackPeriod, limit, rule) => {
          const metaDataType =
            ['Sum', 'Max', 'Min', 'Average'].includes(aggregationMode) && type === 'string' ? 'double' : type;
          const events = made.map(({ ms, value, type: event }) => ago(ms, { v: value }, event));
          const rules: RuleExpression | null = rule ? { logic: 'AND', args: [rule.condition] } : null;
          const attribute = anAttribute({ metaData: 'v', metaDataType, aggregationMode, lookBackPeriod, limit, rules });
          expect(evaluate(attribute, events).result).toBe(naive(attribute, events, rule?.test));
        },
      ),
      { numRuns: 500 },
    );
  });
});

const aValue = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom('a', 'ab', '3', '2.5', ''),
  fc.constant(null),
  fc.constant(1.5),
);

const asNumber = (value: unknown) =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;

const simpleRules = [
  { condition: 'webvisit,v,string,Value EQ a', test: (value: unknown) => String(value) === 'a' },
  {
    condition: 'webvisit,v,string,Value HAS a',
    test: (value: unknown) => value !== null && String(value).includes('a'),
  },
  { condition: 'webvisit,v,string,Value NEQ 3', test: (value: unknown) => value !== null && String(value) !== '3' },
  { condition: 'webvisit,v,double,Value GT 1', test: (value: unknown) => asNumber(value) > 1 },
  { condition: 'webvisit,v,double,Value LTE 2.5', test: (value: unknown) => asNumber(value) <= 2.5 },
];

function naive(
  attribute: TemplateAttribute,
  events: TimedEvent[],
  test: (value: unknown) => boolean = () => true,
): string {
  const from = now - attribute.lookBackPeriod * minute;
  const used = events
    .filter(({ event, correctedTime }) => event.type === 'webvisit' && correctedTime > from && test(event.data['v']))
    .sort((a, b) => b.correctedTime - a.correctedTime)
    .slice(0, attribute.limit || undefined);
  if (attribute.aggregationMode === 'Count') return `${used.length}`;
  const raw = used.map(({ event }) => event.data['v']).filter((value) => value !== null);
  const values =
    attribute.metaDataType === 'string'
      ? raw.map(String)
      : raw
          .map(asNumber)
          .filter((value) => !Number.isNaN(value) && (attribute.metaDataType === 'double' || Number.isInteger(value)));
  const list = values as number[];
  switch (attribute.aggregationMode) {
    case 'Value':
      return values.join(',');
    case 'Distinct':
      return [...new Set<string | number>(values)].join(',');
    case 'Sum':
      return list.length ? `${list.reduce((a, b) => a + b)}` : '';
    case 'Average':
      return list.length ? `${list.reduce((a, b) => a + b) / list.length}` : '';
    case 'Max':
      return list.length ? `${Math.max(...list)}` : '';
    case 'Min':
      return list.length ? `${Math.min(...list)}` : '';
  }
}
