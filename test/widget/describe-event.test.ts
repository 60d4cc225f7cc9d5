import { expect, test } from 'vitest';
import type { CloudEvent } from '../../src/protocol/index.ts';
import { describeEvent, identifiedSince, safeHref } from '../../src/widget/describe-event.ts';
import { type FeedItem, readFeedItem } from '../../src/widget/journey-event.ts';
import { anEvent } from './fake-journey-service.ts';

const nobody = new Map<string, number>();
const describeOf = (members: Partial<CloudEvent>) => describeEvent(anItem(members), nobody);

function anItem(members: Partial<CloudEvent>): FeedItem {
  const item = readFeedItem(anEvent(members));
  if (!item) throw new Error('not readable as an item');
  return item;
}

test('shows the sender’s own title and second line before anything else', () => {
  const described = describeOf({ data: { origin: 'Website', uiData: { title: 'Paid 🎉', subTitle: 'in full' } } });
  expect(described).toMatchObject({ title: 'Paid 🎉', subtitle: 'in full', type: undefined });
});

test('names a web event by where it happened, with its type and page', () => {
  const data = {
    origin: 'Mortgage Rates',
    channelType: 'MortgageRates',
    url: 'https://home.com/rates',
    pageTitle: 'Rates',
  };
  expect(describeOf({ type: 'webvisitMortgage', data })).toEqual({
    title: 'Mortgage Rates',
    type: 'webvisitMortgage',
    subtitle: 'Rates',
    page: { href: 'https://home.com/rates', label: 'home.com/rates' },
    icon: 'rates',
    tone: 'anonymous',
    sentiment: undefined,
  });
});

test('names a contact of the contact centre by direction, channel and queue', () => {
  const data = { direction: 'INBOUND', channelType: 'telephony', queueName: 'Loans', customerSentiment: 'Positive' };
  expect(describeOf({ type: 'task:ended', source: '/com/cisco/wxcc/1', data })).toMatchObject({
    title: 'Inbound call ended',
    subtitle: 'Loans',
    icon: 'phone',
    tone: 'contact',
    sentiment: 'positive',
  });
});

test('is green under a known identity or where the sender says so', () => {
  expect(describeOf({}).tone).toBe('anonymous');
  expect(describeOf({ identity: 'a@example.com', identitytype: 'email' }).tone).toBe('identified');
  expect(describeOf({ data: { channelType: 'IdentifiedWeb' } }).tone).toBe('identified');
  expect(describeOf({ data: { channelType: 'UnidentifiedWeb' } }).tone).toBe('anonymous');
});

test('is green for later events of a browser that was identified, and yellow for those before', () => {
  const before = anItem({});
  const login = anItem({ identity: 'a@example.com', identitytype: 'email', previousidentity: 'browser-1' });
  const after = anItem({ data: { channelType: 'MortgageRates' } });
  const other = anItem({ identity: 'browser-2' });
  const since = identifiedSince([other, after, login, before]);
  const tones = [before, login, after, other].map((item) => describeEvent(item, since).tone);
  expect(tones).toEqual(['anonymous', 'identified', 'identified', 'anonymous']);
});

test('makes a link of http and https only', () => {
  expect(safeHref('https://home.com/a')?.href).toBe('https://home.com/a');
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', '//home.com', 'home.com', 'file:///etc/passwd', ''])
    expect(safeHref(bad)).toBeUndefined();
});

test('survives any shape of data', () => {
  for (const data of [{}, { uiData: 'text' }, { uiData: [] }, { origin: {}, url: 7, page: 'x', channelType: null }])
    expect(describeOf({ data }).title).not.toBe('');
});
