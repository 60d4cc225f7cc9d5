// What a site's developer may rely on: the types in docs/api, checked by the compiler as a developer would use them.
import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import { makeReport, reports } from '../../docs/api/make.mjs';
import { createTracker, type Tracker } from '../../src/tracker/index.ts';

test.each(Object.keys(reports))('docs/api/%s.md is what was built', (name) => {
  const written = readFileSync(new URL(`../../docs/api/${name}.md`, import.meta.url), 'utf8');
  expect(written, 'the public API has changed: run `node docs/api/make.mjs` and review').toBe(makeReport(name));
});

test('events of a site are typed, and a wrong identitytype is a type error', () => {
  interface Events {
    quote: { amount: number; plan?: string };
    'brochure-opened': undefined;
  }
  const tracker = createTracker<Events>({ key: 'pk_test', endpoint: 'https://relay.test/collect' });
  tracker.track('quote', { amount: 7 });
  tracker.track('brochure-opened');
  // @ts-expect-error: an amount is a number
  tracker.track('quote', { amount: '7' });
  // @ts-expect-error: a quote has an amount
  tracker.track('quote');
  // @ts-expect-error: no such event
  tracker.track('qoute', { amount: 7 });
  tracker.identify('ann@example.com', { token: 'a.b.c' });
  // @ts-expect-error: not one of the identitytypes
  tracker.identify('ann', { identitytype: 'name' });
  // @ts-expect-error: the only channel yet
  tracker.optIn({ channel: 'fax', phone: '+15550100' });
  expectTypeOf(createTracker({ key: '', endpoint: '' })).toEqualTypeOf<Tracker>();
  createTracker({ key: 'pk_test', endpoint: 'https://relay.test/collect' }).track('anything', { goes: true });
});
