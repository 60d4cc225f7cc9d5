import { expect, test } from 'vitest';
import { safeUrl, splitLinks } from '../../src/widget/links.ts';

const proven = { proven: true, allowedHosts: [] };
const unproven = { proven: false, allowedHosts: ['home.com', '*.home.com'] };

test('makes links of addresses, of labelled ones with the host beside them, and of e-mail addresses', () => {
  expect(
    splitLinks('See https://home.com/a. Or [pay](https://pay.home.com/x), or mail help@home.com!', proven),
  ).toEqual([
    { text: 'See ' },
    { text: 'https://home.com/a', href: 'https://home.com/a' },
    { text: '. Or ' },
    { text: 'pay', href: 'https://pay.home.com/x', target: 'pay.home.com' },
    { text: ', or mail ' },
    { text: 'help@home.com', href: 'mailto:help@home.com' },
    { text: '!' },
  ]);
  expect(splitLinks('[call us](tel:+15550100199)', proven)).toEqual([
    { text: 'call us', href: 'tel:+15550100199', target: '+15550100199' },
  ]);
});

test('makes no link of any other scheme, and shows where it would have led', () => {
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//evil.example', 'vbscript:x'])
    expect(splitLinks(`[click](${bad.replace(/[()]/g, '')})`, proven).every(({ href }) => href === undefined)).toBe(
      true,
    );
  expect(safeUrl('https://home.com@evil.example/')).toBeUndefined();
});

test('links what nobody has proven only to hosts that the page allows', () => {
  const hrefs = (text: string) => splitLinks(text, unproven).flatMap(({ href }) => href ?? []);
  expect(hrefs('https://home.com/a https://www.home.com/b')).toEqual(['https://home.com/a', 'https://www.home.com/b']);
  for (const other of ['https://evil.example/', 'https://nothome.com/', 'https://home.com.evil.example/', 'a@home.com'])
    expect(hrefs(other)).toEqual([]);
  expect(splitLinks('[your bank](https://evil.example/)', unproven)).toEqual([
    { text: 'your bank', target: 'evil.example' },
  ]);
});

test('takes a text of any length without standing still', () => {
  for (const hostile of ['['.repeat(50_000), `${'a'.repeat(50_000)}@`, '[a]('.repeat(20_000), 'a.'.repeat(30_000)])
    expect(
      splitLinks(hostile, unproven)
        .map(({ text }) => text)
        .join(''),
    ).toBe(hostile);
});
