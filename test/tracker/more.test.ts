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

test('marked clicks and forms are told with what the markup says, never with what was typed', async () => {
  const body = `><form data-waymark-event="quote" data-waymark-plan="gold" onsubmit="return false">
      <input name="card" value="4111"><button>Send</button></form>
    <div data-waymark-event="teaser" data-waymark-item-name="Loan"><b id="inner">Loan</b></div><i`;
  site.put('/', { attributes: 'data-clicks', body });
  const tab = await site.open('/');
  await until(async () => {
    await tab.click('#inner');
    return site.ofType('teaser').length;
  });
  await tab.fill('input', '4222');
  await tab.click('button');
  const [quote] = await site.arrived('quote');
  expect(quote?.data).toMatchObject({ plan: 'gold' });
  expect(JSON.stringify(quote)).not.toMatch(/4111|4222/);
  expect(site.ofType('teaser')[0]?.data['itemName']).toBe('Loan');
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
  await tab.click('#out');
  const [outbound] = await site.arrived('outbound');
  expect(outbound?.data).toMatchObject({ link: 'http://127.0.0.1:1/page', text: 'Partner' });
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
