import { expect, test } from 'vitest';
import { createLanguage } from '../../src/widget/language.ts';
import { type ProfileRow, readRows, valuesOf } from '../../src/widget/profile-values.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const shortOf = (result: string, kind: ProfileRow['kind'] = 'text', locale = 'en') =>
  valuesOf({ name: 'Row', result, kind }, createLanguage(locale), now).map(({ short }) => short);

const attribute = (queryTemplate: object, members: object = {}) => ({
  queryTemplate: { displayName: 'Row', widgetAttributes: { type: 'table' }, ...queryTemplate },
  result: '1',
  error: null,
  ...members,
});

test('reads what a row holds from its template', () => {
  const kinds = (...attributes: unknown[]) =>
    readRows({ templateId: 't', attributes }).map(({ kind, result }) => [kind, result]);
  expect(
    kinds(
      attribute({ aggregationMode: 'Count', metaDataType: 'string' }),
      attribute({ aggregationMode: 'Sum', metaDataType: 'double' }),
      attribute({ aggregationMode: 'Max', metaDataType: 'utc_datetime' }),
      attribute({ aggregationMode: 'Value', metaDataType: 'string' }),
      attribute({}, { error: 'broken' }),
      null,
      {},
      { queryTemplate: {} },
    ),
  ).toEqual([
    ['number', '1'],
    ['number', '1'],
    ['time', '1'],
    ['text', '1'],
    ['text', ''],
  ]);
});

test('says how long ago within a week, and the date before that', () => {
  const ago = (time: string) => shortOf(time, 'time')[0];
  expect(ago('2026-11-22T11:59:40Z')).toBe('now');
  expect(ago('2026-11-22T11:55:00Z')).toBe('5 minutes ago');
  expect(ago('2026-11-22T09:00:00Z')).toBe('3 hours ago');
  expect(ago('2026-11-20T09:00:00Z')).toBe('2 days ago');
  expect(ago('2026-10-03T12:00:00Z')).toBe('October 3, 2026');
  expect(shortOf('2026-11-22T11:55:00Z', 'time', 'fr')).toEqual(['il y a 5 minutes']);
});

test('writes numbers as the language does, and leaves alone what is no number or time', () => {
  expect(shortOf('1234567.5', 'number', 'en')).toEqual(['1,234,567.5']);
  expect(shortOf('1234567.5', 'number', 'es')).toEqual(['1.234.567,5']);
  expect(shortOf('many', 'number')).toEqual(['many']);
  expect(shortOf('yesterday', 'time')).toEqual(['yesterday']);
  expect(shortOf('0012345')).toEqual(['0012345']);
  expect(shortOf('')).toEqual(['–']);
});

test('shortens addresses to their path and keeps commas within them', () => {
  expect(shortOf('https://home.com/,https://home.com/a?x=1,2,http://home.com/b')).toEqual([
    'home.com',
    '/a?x=1,2',
    '/b',
  ]);
  const [long] = shortOf(`https://home.com/${'deep/'.repeat(20)}end`);
  expect(long).toMatch(/^….{31}\/?end$|^….*deep\/end$/);
  expect(long?.length).toBeLessThan(40);
  expect(shortOf('no address, but commas')).toEqual(['no address, but commas']);
});
