import { describe, expect, it } from 'vitest';
import {
  correctTime,
  inferIdentitytype,
  type Json,
  lowerEmail,
  Problem,
  parseAnswer,
  parseEvent,
  phoneDigits,
  previousIdentityOf,
} from '../../src/protocol/index.ts';
import { anEvent } from '../helpers.ts';

const problemOf = (value: unknown) => {
  try {
    parseEvent(value, '/0');
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  return undefined;
};

/** Lists within lists, so many levels. */
const nested = (levels: number): Json => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('parseEvent', () => {
  it('returns a valid event as it is', () => {
    const event = anEvent({ clockoffset: -5, previousidentity: null });
    expect(parseEvent(event)).toBe(event);
    for (const time of ['2024-02-29T23:59:59Z', '2026-11-22t10:00:00.123456789+14:00'])
      expect(parseEvent(anEvent({ time, data: { nested: nested(62) } }))).toMatchObject({ time });
  });

  it('points at each member that is wrong, and says what was expected', () => {
    for (const [member, value, expected] of [
      ['specversion', '0.3', "'1.0'"],
      ['id', '', 'non-empty'],
      ['id', ' ', 'non-empty'],
      ['id', 'x'.repeat(201), 'at most 200'],
      ['type', 1, 'non-empty string'],
      ['source', 'two words', 'without spaces'],
      ['time', 'yesterday', 'RFC 3339'],
      ['time', '2026-13-01T00:00:00Z', 'RFC 3339'],
      ['time', '2026-02-30T00:00:00Z', 'RFC 3339'],
      ['time', '2026-02-01T24:00:00Z', 'RFC 3339'],
      ['identity', undefined, 'got nothing'],
      ['identitytype', 'Email', 'one of phone, email'],
      ['previousidentity', {}, 'a string'],
      ['datacontenttype', 'text/xml', 'application/json'],
      ['data', [], 'an object'],
      ['data', 'text', 'an object'],
      ['data', { nested: nested(63) }, 'at most 64 levels'],
      ['extension', nested(64), 'at most 64 levels'],
      ['clockoffset', 1.5, 'whole number'],
      ['identitytoken', 'x'.repeat(8193), 'at most 8192'],
    ] as const) {
      const problem = problemOf({ ...anEvent(), [member]: value });
      expect([problem?.code, problem?.pointer], member).toEqual(['invalid-event', `/0/${member}`]);
      expect(problem?.detail).toContain(expected);
    }
  });

  it('refuses what is no object', () => {
    for (const value of [null, undefined, 1, 'x', [], true]) expect(problemOf(value)?.pointer).toBe('/0');
  });
});

describe('previousIdentityOf', () => {
  it('takes null, empty and the word none as nothing', () => {
    for (const previousidentity of [null, '', '  ', 'none'])
      expect(previousIdentityOf(anEvent({ previousidentity }))).toBeUndefined();
    expect(previousIdentityOf(anEvent({ previousidentity: ' abc ' }))).toBe('abc');
  });
});

describe('parseAnswer', () => {
  it('takes an answer and nothing else', () => {
    expect(parseAnswer('{"results":[],"serverTime":"2026-11-22T00:00:00Z"}')).toBeDefined();
    for (const text of ['', '<html>', '{}', 'null', '[]', '{"results":1,"serverTime":""}'])
      expect(parseAnswer(text)).toBeUndefined();
  });
});

describe('correctTime', () => {
  const receivedAt = Date.parse('2026-11-22T12:00:00Z');
  const correct = (time: string, clues: { clockoffset?: number; sent?: number | 'deferred' } = { sent: receivedAt }) =>
    new Date(correctTime({ time: Date.parse(time), receivedAt, ...clues })).toISOString();

  it('believes a clock that agrees with ours within the latency of a request', () => {
    expect(correct('2026-11-22T11:59:58.500Z')).toBe('2026-11-22T11:59:58.500Z');
    expect(correct('2026-11-22T11:59:58.500Z', { sent: receivedAt - 4000 })).toBe('2026-11-22T11:59:58.500Z');
  });

  it('corrects a clock that is years wrong by the time the batch was sent', () => {
    const sent = Date.parse('2020-01-01T00:00:01.500Z');
    expect(correct('2020-01-01T00:00:00.000Z', { sent })).toBe('2026-11-22T11:59:58.500Z');
  });

  it('leaves an event alone whose page knew its offset, and one whose batch was deferred', () => {
    const time = '2026-11-22T11:00:00.000Z';
    expect(correct(time, { clockoffset: 86_400_000, sent: receivedAt - 86_400_000 })).toBe(time);
    expect(correct(time, { sent: 'deferred' })).toBe(time);
  });

  it('never lies in the future, and is the receipt where there is no time', () => {
    expect(correct('2027-01-01T00:00:00.000Z')).toBe('2026-11-22T12:00:00.000Z');
    expect(correctTime({ time: undefined, receivedAt })).toBe(receivedAt);
  });
});

describe('two spellings of one name', () => {
  it('are recognised for phone numbers and e-mail addresses', () => {
    expect(phoneDigits('+1 (555) 010-0199')).toBe('15550100199');
    expect(phoneDigits('ruegreen@example.com')).toBeUndefined();
    expect(phoneDigits('12')).toBeUndefined();
    expect(lowerEmail('RueGreen@Example.com')).toBe('ruegreen@example.com');
    expect(lowerEmail('+1555')).toBeUndefined();
  });

  it('say their type where it is plain', () => {
    expect(inferIdentitytype('ruegreen@example.com')).toBe('email');
    expect(inferIdentitytype('+15550100199')).toBe('phone');
    for (const unclear of ['15550100199', 'C-1007', '', '@', 'a@b']) expect(inferIdentitytype(unclear)).toBeUndefined();
  });
});
