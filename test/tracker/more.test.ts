// The parts that load on demand: measurements, marked clicks and forms, links away and to files, explanations.
import { expect, test } from 'vitest';
import { until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

test('no part is loaded unless an option asks for it', async () => {
  const tab = await site.open('/');
  await site.arrived('webvisit');
  await site.quiet(tab);
  expect(site.receiver.paths.filter((path) => /waymark-/.test(path))).toEqual([]);
});

test('a part that could not be loaded while the network was away is loaded when it is back', async () => {
  const away = /\/(collect|waymark-rescue\.js)/;
  const asked: string[] = [];
  await site.context.route(away, (route) => {
    asked.push(route.request().url());
    return route.abort();
  });
  const tab = await site.open('/');
  await until(() => asked.some((url) => url.includes('rescue')));
  await site.context.unroute(away);
  await until(async () => {
    await tab.evaluate(() => void dispatchEvent(new Event('online')));
    return site.receiver.paths.includes('/waymark-rescue.js');
  });
  await site.arrived('webvisit');
});

test('marked clicks and forms are told with what the markup says, never with what was typed', async () => {
  const body = `><form data-waymark-event="quote" data-waymark-plan="gold" onsubmit="return false">
      <input name="card" value="written-by-the-site"><button>Send</button></form>
    <div data-waymark-event="teaser" data-waymark-item-name="Loan"><b id="inner">Loan</b></div><i`;
  site.put('/', { attributes: 'data-clicks', body });
  const tab = await site.open('/');
  await until(async () => {
    await tab.click('#inner');
    return site.ofType('teaser').length;
  });
  await tab.fill('input', 'typed-by-the-visitor');
  await tab.click('button');
  const [quote] = await site.arrived('quote');
  expect(quote?.data).toMatchObject({ plan: 'gold' });
  expect(JSON.stringify(quote)).not.toMatch(/written-by-the-site|typed-by-the-visitor/);
  expect(site.ofType('teaser')[0]?.data['itemName']).toBe('Loan');
});

test('clicks in open shadow roots are told, whether the mark is inside or on an element around', async () => {
  const body = `><shop-card id="inner"></shop-card><shop-card id="around" data-waymark-event="card"></shop-card><i`;
  const head = `<script>customElements.define('shop-card', class extends HTMLElement {
    connectedCallback() {
      const mark = this.id === 'inner' ? 'data-waymark-event="buy" data-waymark-size="small"' : '';
      this.attachShadow({ mode: 'open' }).innerHTML = '<button ' + mark + '><b>Buy</b></button>' +
        '<a download href="/files/card.pdf">Terms</a>';
    }
  })</script>`;
  site.put('/', { attributes: 'data-clicks data-downloads', head, body });
  const tab = await site.open('/');
  await until(async () => {
    await tab.click('#inner b');
    return site.ofType('buy').length;
  });
  await tab.click('#around b');
  await tab.click('#around a');
  const [buy] = await site.arrived('buy');
  expect(buy?.data['size']).toBe('small');
  await site.arrived('card');
  const [download] = await site.arrived('download');
  expect(download?.data['link']).toBe(`${site.receiver.siteUrl}/files/card.pdf`);
});

test('nothing that a visitor types or picks is told, whatever it is typed into and whichever options are on', async () => {
  const body = `><form id="form" data-waymark-event="sent" onsubmit="return false">
      <input name="name"><input type="password" name="password"><textarea name="note"></textarea>
      <select name="plan"><option>Basic</option><option value="picked-secret">Gold</option></select>
      <input type="hidden" name="csrf" value="hidden-secret"><input type="checkbox" value="ticked-secret">
      <p contenteditable id="editable" data-waymark-event="edited">Write</p>
      <button id="send" value="button-secret">Send</button></form>
    <input id="marked" data-waymark-event="field" value="prefilled-secret">
    <button id="probe" data-waymark-event="probe">Probe</button><i`;
  site.put('/form', { attributes: 'data-clicks data-measure data-outbound data-downloads', body });
  const tab = await site.open('/form');
  await until(async () => {
    await tab.click('#probe');
    return site.ofType('probe').length;
  });
  for (const field of ['[name=name]', '[name=password]', '[name=note]', '#marked'])
    await tab.fill(field, 'typed-secret');
  await tab.selectOption('select', 'picked-secret');
  await tab.click('[type=checkbox]');
  await tab.click('#editable');
  await tab.keyboard.type('edited-secret');
  await tab.click('#marked');
  await tab.click('#send');
  await site.arrived('sent');
  await site.arrived('field');
  await site.arrived('edited');
  await site.open('/next', tab);
  await site.arrived('webvisit', 2);
  expect(JSON.stringify(site.receiver.events().map(({ data }) => data))).not.toMatch(
    /typed|picked|hidden-|ticked|button-|prefilled|edited-/,
  );
});

test('links to other hosts and to files are told, without their queries', async () => {
  const body = `><a id="out" target="_blank" href="http://127.0.0.1:1/page?token=1">Partner</a>
    <a id="file" download href="/files/rates.pdf?x=1">Rates</a><i`;
  site.put('/', { attributes: 'data-outbound data-downloads', body });
  const tab = await site.open('/');
  await until(async () => {
    await tab.click('#file');
    return site.ofType('download').length;
  });
  // Opens a menu, and follows nothing.
  await tab.click('#out', { button: 'right' });
  await tab.keyboard.press('Escape');
  await tab.click('#out');
  const [outbound] = await site.arrived('outbound');
  expect(outbound?.data).toMatchObject({ link: 'http://127.0.0.1:1/page', text: 'Partner' });
  await site.quiet(tab);
  expect(site.ofType('outbound')).toHaveLength(1);
  expect(site.ofType('download')[0]?.data['link']).toBe(`${site.receiver.siteUrl}/files/rates.pdf`);
});

test('how long a page was looked at and how far it was scrolled is told when it is left, hidden from agents', async () => {
  site.put('/long', { attributes: 'data-measure', body: 'style="height:4000px"' });
  const tab = await site.open('/long');
  await until(() => site.receiver.paths.includes('/waymark-more.js'));
  await tab.mouse.wheel(0, 1_500);
  await tab.waitForTimeout(1_600);
  await site.open('/next', tab);
  const [measured] = await site.arrived('webengagement');
  expect(measured?.data).toMatchObject({
    url: `${site.receiver.siteUrl}/long`,
    uiData: { hidden: 'measurement' },
  });
  expect(measured?.data['engagedMs']).toBeGreaterThan(1_000);
  expect(measured?.data['scrollDepth']).toBeGreaterThan(30);
});

test('with debug, the console explains what is told and what is not', async () => {
  site.put('/', { attributes: 'data-debug' });
  const lines: string[] = [];
  const tab = await site.context.newPage();
  tab.on('console', (message) => lines.push(message.text()));
  await site.open('/', tab);
  await tab.evaluate(() => {
    waymark('identify', 'nobody');
    waymark.identify('ann@example.com');
    waymark.identify('ann@example.com');
  });
  await until(() => lines.some((line) => line.includes('known as this already')));
  expect(lines.some((line) => line.includes('Something is wrong'))).toBe(true);
  expect(lines.some((line) => line.includes('Told'))).toBe(true);
});

test('in a single-page app each page is measured by itself, when it is left', async () => {
  site.put('/app', { attributes: 'data-measure' });
  const tab = await site.open('/app');
  await until(() => site.receiver.paths.includes('/waymark-more.js'));
  await site.arrived('webvisit');
  await tab.waitForTimeout(1_200);
  await tab.evaluate(() => history.pushState({}, '', '/app/next'));
  const [first] = await site.arrived('webengagement');
  expect(first?.data['url']).toBe(`${site.receiver.siteUrl}/app`);
});

test('with debug, each decision has plain words, and without it the console is silent', async () => {
  const lines: string[] = [];
  const tab = await site.context.newPage();
  tab.on('console', (message) => lines.push(message.text()));
  const head = `<script>window.waymark=function(){(waymark.q=waymark.q||[]).push(arguments)};
    waymark('init',{beforeSend:function(e){return e.type==='out'?null:e}})</script>`;
  const everything = () => {
    waymark.track('out');
    waymark.identify('ann@example.com');
    waymark.identify('ann@example.com');
    waymark.identify('bob@example.com');
    for (const consent of ['pending', 'granted', 'denied'] as const) waymark.setConsent(consent);
  };
  site.put('/quiet', { head });
  await site.open('/quiet', tab);
  await tab.evaluate(everything);
  site.put('/debug', { head, attributes: 'data-debug' });
  await site.context.clearCookies();
  expect(lines).toEqual([]);
  await site.open('/debug', tab);
  await tab.evaluate(everything);
  for (const words of [
    'beforeSend left this event out',
    'known as this already',
    'new temporaryId',
    'consent is pending',
    'consent is granted',
    'consent is denied',
  ])
    await until(() => lines.some((line) => line.includes(words)));
});
