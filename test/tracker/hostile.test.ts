// Pages whose other scripts have replaced, broken or removed what the tracker uses, before it came or after it. Each kind of
// damage is done in a frame of its own, which has globals of its own, all in one page; what they see is told to that page,
// where nothing is broken. No frame may see an exception or an unhandled rejection, and what can be told is told.
import { expect, test } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import { type Damage, damages, type When } from './damages.ts';
import { page, until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

/** What the frames tell to the page around them. */
declare global {
  var seen: { failed: [key: string, what: string][]; finished: number };
}

const site = useVisitedSite();

/** What a page does with the tracker. */
const exercise = `
  // As properties they are there once the script has started.
  const call = (name, ...args) => {
    try { waymark[name] ? waymark[name](...args) : waymark(name, ...args) } catch (error) { report('threw in ' + name + ': ' + (error && error.stack)) }
  };
  call('track', 'one', { n: 1, list: [1, 2] });
  call('visit', { type: 'seen' });
  call('identify', 'ann@example.com', { token: 'a.b.c' });
  call('optIn', { channel: 'sms', phone: '+15550100' });
  call('expect', 'ann@example.com');
  call('setConsent', 'granted');
  call('getState');
  call('flush');
  try { history.pushState({}, '', location.href + '/next') } catch {}
  call('reset');
  call('track', 'last');
`;
const told = ['last', 'one', 'seen', 'webvisitLogin', 'webvisitOptIn'];

function frame(key: string, when: When, { work }: Damage): string {
  return `<!doctype html><title>Frame</title><body><script>
    const { seen } = parent;
    const report = (what) => seen.failed.push(['${key}', what]);
    addEventListener('error', ({ message, error }) => report('exception: ' + message + (error && error.stack)));
    addEventListener('unhandledrejection', ({ reason }) => report('rejection: ' + (reason && reason.stack || reason)));
    const damage = () => { ${work} };
    const loaded = () => {
      ${when === 'after' ? 'damage();' : ''}
      ${exercise}
      seen.finished += 1;
    };
    window.waymark = function () { (waymark.q = waymark.q || []).push(arguments) };
    ${when === 'before' ? 'damage();' : ''}
    </script><script async crossorigin src="${site.receiver.relayUrl}/waymark.js" data-key="${key}" onload="loaded()"></script>`;
}

function eventsOf(key: string): WireEvent[] {
  return site.receiver.batches.filter(({ url }) => url.searchParams.get('key') === key).flatMap(({ events }) => events);
}

function isAllTold(key: string): boolean {
  const types = new Set(eventsOf(key).map(({ type }) => type));
  return told.every((type) => types.has(type));
}

test.each<When>(['before', 'after'])(
  'what others do to globals %s the script has come breaks no page',
  async (when) => {
    const kinds = Object.entries(damages).map(([name, damage], index) => ({
      name,
      damage,
      key: `pk_${when}_${index}`,
    }));
    for (const { key, damage } of kinds) site.receiver.pages.set(`/${key}`, frame(key, when, damage));
    const inside = kinds.map(({ key }) => `<iframe src="/${key}"></iframe>`);
    const outer = '<script>window.seen = { failed: [], finished: 0 }</script>';
    for (const path of ['/', '/again'])
      site.receiver.pages.set(path, `<!doctype html><body>${outer}${inside.join('')}`);
    const tab = await site.context.newPage();
    await tab.goto(site.receiver.siteUrl);
    await until(() => tab.evaluate((count) => seen.finished === count, kinds.length));

    const telling = kinds.filter(({ damage }) => !damage.mute?.includes(when));
    const silent = (): string[] => telling.filter(({ key }) => !isAllTold(key)).map(({ name }) => name);
    await until(() => silent().length < telling.length / 2);
    const { failed } = await tab.evaluate(() => seen);
    // What could not be sent there is on disk; the next page, which is whole, takes it over.
    for (const { key } of kinds) site.receiver.pages.set(`/${key}`, page({ relayUrl: site.receiver.relayUrl, key }));
    await tab.goto(`${site.receiver.siteUrl}/again`);
    await until(() => silent().length === 0).catch(() => {});
    expect(silent(), 'told too little').toEqual([]);
    expect(failed.map(([key, what]) => `${kinds.find((kind) => kind.key === key)?.name}: ${what}`)).toEqual([]);
  },
);
