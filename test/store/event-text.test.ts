import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownText } from '../../src/store/drivers/sqlite/event-text.ts';

const time = '2026-11-22T12:00:00.000Z';

function shown(event: Record<string, unknown>): unknown {
  return JSON.parse(shownText(JSON.stringify(event), Date.parse(time)));
}

describe('the text of an event as readers show it', () => {
  it('has the corrected time and all attributes, wherever they stand and whatever texts look like them', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(',"time":"', '{', '}', '"', '\\', '","previousidentity":null', ',"previousidentity":'),
    );
    const name = fc.oneof(fc.string(), fc.constantFrom('time', 'previousidentity', 'data', '1', '{', '__proto__'));
    const value = fc.oneof(text, fc.constant(null), fc.constant('2026-01-01T00:00:00Z'), fc.jsonValue());
    const data = fc.dictionary(name, value);
    const attributes = fc.record(
      { id: text, time: fc.constantFrom('2026-11-22T11:59:00+01:00', '2026-01-01T00:00:00Z'), previousidentity: text },
      { requiredKeys: ['id'] },
    );
    const event = fc.tuple(attributes, data, fc.dictionary(name, text), fc.nat(6)).map(([own, members, more, turn]) => {
      const entries = Object.entries({ specversion: '1.0', ...more, ...own, data: members });
      return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)]);
    });
    fc.assert(
      fc.property(event, (one) => {
        const previousidentity = one['previousidentity'] ?? null;
        expect(shown(one)).toEqual(JSON.parse(JSON.stringify({ ...one, time, previousidentity })));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves the rest as it was written', () => {
    const own = `{"specversion":"1.0","id":"1","time":"2026-01-01T00:00:00Z","identity":"ann"`;
    const data = `"data":{"time":"never","amount":1.50,"nested":{"a":[1,{}]}}`;
    expect(shownText(`${own},${data}}`, Date.parse(time))).toBe(
      `${own.replace('2026-01-01T00:00:00Z', time)},${data},"previousidentity":null}`,
    );
  });
});
