import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { callCodeLifeMs, createCallCodes } from '../../src/access/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { aFolder, workspace } from '../helpers.ts';

const other = '64f000000000000000000002';

/** Codes over a real store, at a time that the test sets; `draw` is what the dice show. */
async function someCodes(draw: number[] = [], file = join(aFolder(), 'waymark.db')) {
  const clock = { ms: Date.parse('2026-11-22T12:00:00Z') };
  const store = await openSqliteStore({ file });
  onTestFinished(() => store.close());
  let counter = 0;
  const random = (end: number) => (draw.shift() ?? counter++) % end;
  return { clock, store, file, codes: createCallCodes({ store, now: () => clock.ms, random }) };
}

it('leads to the visitor for ten minutes, once', async () => {
  const { codes, clock } = await someCodes([482_913, 7]);
  const first = await codes.issue(workspace, 'visitor-1');
  expect(first).toEqual({ code: '482913', expiresAt: clock.ms + 600_000 });
  expect(await codes.redeem(workspace, '482913')).toBe('visitor-1');
  expect(await codes.redeem(workspace, '482913')).toBeUndefined();
  const second = await codes.issue(workspace, 'visitor-1');
  expect(second.code).toBe('000007');
  clock.ms = second.expiresAt;
  expect(await codes.redeem(workspace, second.code)).toBeUndefined();
});

it('is told once when two redeem it at the same moment', async () => {
  const { codes } = await someCodes();
  const { code } = await codes.issue(workspace, 'visitor-1');
  const both = await Promise.all([codes.redeem(workspace, code), codes.redeem(workspace, code)]);
  expect(both.filter((one) => one === 'visitor-1')).toHaveLength(1);
});

it('stays the same on the next page, and is renewed before the visitor could read out one that ends', async () => {
  const { codes, clock } = await someCodes();
  const first = await codes.issue(workspace, 'visitor-1');
  clock.ms += callCodeLifeMs / 2 - 1;
  expect(await codes.issue(workspace, 'visitor-1')).toEqual(first);
  clock.ms += 1;
  const second = await codes.issue(workspace, 'visitor-1');
  expect(second.code).not.toBe(first.code);
  expect(await codes.redeem(workspace, first.code)).toBe('visitor-1');
});

it('belongs to one workspace, which may have the same digits as another', async () => {
  const { codes } = await someCodes([5, 5]);
  await codes.issue(workspace, 'visitor-1');
  expect(await codes.redeem(other, '000005')).toBeUndefined();
  await codes.issue(other, 'visitor-2');
  expect(await codes.redeem(other, '000005')).toBe('visitor-2');
  expect(await codes.redeem(workspace, '000005')).toBe('visitor-1');
});

it('survives a restart, and is not given to two visitors', async () => {
  const before = await someCodes([42]);
  const { code } = await before.codes.issue(workspace, 'visitor-1');
  await before.store.close();
  const after = await someCodes([42, 43], before.file);
  expect((await after.codes.issue(workspace, 'visitor-2')).code).toBe('000043');
  expect(await after.codes.redeem(workspace, code)).toBe('visitor-1');
  expect(await after.store.documents(workspace, 'call-code')).toHaveLength(1);
});

it('grows longer before one of 10,000 guesses would hit', async () => {
  const { codes, clock } = await someCodes();
  const lengths: Record<number, number> = {};
  for (let visitor = 0; visitor < 1_150; visitor += 1) {
    const { code } = await codes.issue(workspace, `visitor-${visitor}`);
    lengths[code.length] = (lengths[code.length] ?? 0) + 1;
  }
  expect(lengths).toEqual({ 6: 100, 7: 1_000, 8: 50 });
  clock.ms += callCodeLifeMs;
  expect((await codes.issue(workspace, 'later')).code).toHaveLength(6);
});

it('leaves the store when it is over', async () => {
  const { codes, clock, store } = await someCodes();
  await codes.issue(workspace, 'visitor-1');
  clock.ms += callCodeLifeMs;
  await codes.issue(workspace, 'visitor-2');
  expect((await store.documents(workspace, 'call-code')).map(({ body }) => body['temporaryId'])).toEqual(['visitor-2']);
});
