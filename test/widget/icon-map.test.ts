import { expect, test } from 'vitest';
import { createIconMap, iconChoice } from '../../src/widget/icon-map.ts';
import { createMatcher, readOwnIcons } from '../../src/widget/own-icons.ts';

const mapOf = (own: unknown) => createIconMap(readOwnIcons(own, iconChoice));

test('draws what the contact centre and the website tell without any map', () => {
  const { find } = createIconMap();
  expect(find(['SMS'])).toEqual({ icon: 'message', colour: 'mint' });
  expect(find(['inbound-call', 'telephony'])).toEqual({ icon: 'inbound', colour: 'green' });
  expect(find(['LoginUser'])).toEqual({ icon: 'login', colour: undefined });
  expect(find(['Test 5'])).toEqual({ icon: 'meeting', colour: 'gray' });
});

test('takes the keys of a map as patterns whatever the case, the last that matches, and the first key that has one', () => {
  const { find } = mapOf({
    '^pay': { name: 'icon-email_16', color: 'Red' },
    'Payment.*': { name: 'alert-bold', color: 'darkmint' },
    'no colour': { name: 'icon-sms_16', color: 'ultraviolet' },
  });
  expect(find(['payment notify'])).toEqual({ icon: 'warning', colour: 'darkmint' });
  expect(find(['PAYING'])).toEqual({ icon: 'email', colour: 'red' });
  expect(find(['unheard of', 'paying'])).toEqual({ icon: 'email', colour: 'red' });
  expect(find(['no colour'])).toEqual({ icon: 'message', colour: undefined });
});

test('survives a map of any shape', () => {
  for (const map of [null, [], 'text', { a: null, b: 7, c: {}, '(': { name: 'x' } }])
    expect(mapOf(map).find(['('])).toBeDefined();
});

test('takes a pattern that could run for ever as plain text', () => {
  const text = `${'a'.repeat(63)}!`;
  for (const bad of ['(a+)+$', '(a|a)*b', '(a*)*b', 'a*a*a*a*a*b', '(?:a?){40}b', '(a)\\1', 'a?a?a?a?b', '(?=a+)+b'])
    expect(createMatcher(bad)(text)).toBe(false);
  expect(createMatcher('(a+)+$')('(A+)+$')).toBe(true);
  expect(createMatcher('survey.*(sent|done)$')('Survey Response done')).toBe(true);
});
