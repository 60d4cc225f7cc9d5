import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createCrossDomainCodes, crossDomainLifeMs } from '../../src/access/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { aFolder, workspace } from '../helpers.ts';

const code = 'c'.repeat(21);
const crossing = { from: 'http://shop.test', to: 'http://bank.test', userAgent: 'a browser' };

async function someCodes() {
  const clock = { ms: Date.parse('2026-11-22T12:00:00Z') };
  const store = await openSqliteStore({ file: join(aFolder(), 'waymark.db') });
  onTestFinished(() => store.close());
  return { clock, store, codes: createCrossDomainCodes({ store, now: () => clock.ms }) };
}

it('leads to the visitor for two minutes', async () => {
  const { codes, clock } = await someCodes();
  await codes.announce(workspace, code, 'visitor-1', crossing);
  clock.ms += crossDomainLifeMs - 1;
  expect(await codes.redeem(workspace, code, crossing)).toBe('visitor-1');
  await codes.announce(workspace, code, 'visitor-1', crossing);
  clock.ms += crossDomainLifeMs;
  expect(await codes.redeem(workspace, code, crossing)).toBeUndefined();
});

it('does not live longer because it is announced again', async () => {
  const { codes, clock } = await someCodes();
  await codes.announce(workspace, code, 'visitor-1', crossing);
  clock.ms += crossDomainLifeMs - 1;
  await codes.announce(workspace, code, 'visitor-1', crossing);
  clock.ms += 1;
  expect(await codes.redeem(workspace, code, crossing)).toBeUndefined();
});

it('is worth nothing any more once it was tried for another crossing', async () => {
  const { codes } = await someCodes();
  for (const wrong of [{ from: 'http://evil.test' }, { to: 'http://evil.test' }, { userAgent: 'another' }]) {
    await codes.announce(workspace, code, 'visitor-1', crossing);
    expect(await codes.redeem(workspace, code, { ...crossing, ...wrong })).toBeUndefined();
    expect(await codes.redeem(workspace, code, crossing)).toBeUndefined();
  }
});

it('is kept as a hash, and goes from the disk when it is used or over', async () => {
  const { codes, store, clock } = await someCodes();
  await codes.announce(workspace, code, 'visitor-1', crossing);
  const [kept] = await store.documents(workspace, 'cross-domain');
  expect(JSON.stringify(kept)).not.toContain(code);
  expect(JSON.stringify(kept)).not.toContain('browser');
  await codes.redeem(workspace, code, crossing);
  expect(await store.documents(workspace, 'cross-domain')).toEqual([]);
  await codes.announce(workspace, code, 'visitor-1', crossing);
  clock.ms += crossDomainLifeMs;
  await codes.redeem(workspace, 'd'.repeat(21), crossing);
  expect(await store.documents(workspace, 'cross-domain')).toEqual([]);
});
