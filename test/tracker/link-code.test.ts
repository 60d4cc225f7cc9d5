import { expect, test } from 'vitest';
import { takeCode, withCode } from '../../src/tracker/link-code.ts';
import { cleanUrl } from '../../src/tracker/page.ts';

const code = 'abcdefghij-_abcdefghi';
const page = 'https://bank.example/rates?a=1';

test.each([
  ['', `#?wm_x=${code}`],
  ['#', `#?wm_x=${code}`],
  ['#fees', `#fees?wm_x=${code}`],
  ['#/route', `#/route?wm_x=${code}`],
  ['#/route?a=1', `#/route?a=1&wm_x=${code}`],
  ['#fees:~:text=all%20fees', `#fees?wm_x=${code}:~:text=all%20fees`],
])('the fragment %j carries a code and is had back', (fragment, carrying) => {
  expect(withCode(page + fragment, code)).toBe(page + carrying);
  // Browsers keep their own part for themselves.
  const [hash = '', own = ''] = [carrying, fragment].map((text) => text.split(':~:')[0]);
  expect(takeCode(hash)).toEqual({ code, rest: own.slice(1) });
  expect(cleanUrl(page + hash)).not.toContain(code);
});

test('a link that has a code already gets another one in its place', () => {
  for (const fragment of ['', '#fees', '#/route?a=1'])
    expect(withCode(withCode(page + fragment, 'x'.repeat(21)), code)).toBe(withCode(page + fragment, code));
});

test.each(['', '#', '#fees', '#wm_x', '#?wm_x=short', `#?wm_x=${code}longer`])('there is no code in %j', (hash) => {
  expect(takeCode(hash)).toBeUndefined();
});
