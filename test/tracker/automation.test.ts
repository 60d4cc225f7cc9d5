// Browsers that a program drives are left out by default, but not on the machine where a developer tests.
import { expect, test } from 'vitest';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite({}, ['--host-resolver-rules=MAP shop.test 127.0.0.1']);

test('a driven browser tells nothing on a public site, unless the site wants it', async () => {
  const shop = site.receiver.siteUrl.replace('localhost', 'shop.test');
  site.put('/wanted', { attributes: 'data-automation="track"' });
  const tab = await site.context.newPage();
  await tab.goto(`${shop}/unwanted`);
  await tab.evaluate(() => waymark.track('anything'));
  await tab.waitForTimeout(800);
  expect(await site.context.cookies()).toEqual([]);
  await tab.goto(`${shop}/wanted`);
  const visits = await site.arrived('webvisit');
  expect(visits.map(({ data }) => data['url'])).toEqual([`${shop}/wanted`]);
});
