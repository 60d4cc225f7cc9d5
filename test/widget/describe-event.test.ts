import { expect, test } from 'vitest';
import type { CloudEvent } from '../../src/protocol/index.ts';
import { describeEvent, safeHref } from '../../src/widget/describe-event.ts';
import { anEvent } from './fake-journey-service.ts';

const describeOf = (members: Partial<CloudEvent>) => describeEvent(anEvent(members), false);

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

test('cuts what is longer than anybody reads, but never the link', () => {
  const url = `https://home.com/${'x'.repeat(3000)}`;
  const described = describeOf({ data: { origin: 'x'.repeat(20_000), pageTitle: '😀'.repeat(200).slice(1), url } });
  expect(described.title).toBe(`${'x'.repeat(300)}…`);
  expect(described.subtitle).toMatch(/😀…$/u);
  expect(described.page?.label).toHaveLength(300);
  expect(described.page?.href).toBe(url);
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
