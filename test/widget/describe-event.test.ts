import { expect, test } from 'vitest';
import type { CloudEvent } from '../../src/protocol/index.ts';
import { describeEvent } from '../../src/widget/describe-event.ts';
import { createLanguage } from '../../src/widget/language.ts';
import { anEvent } from './fake-journey-service.ts';

const describeOf = (members: Partial<CloudEvent>) => describeEvent(anEvent(members), createLanguage('en'));

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
    page: 'https://home.com/rates',
    iconKeys: ['MortgageRates', 'temporaryId', 'webvisitMortgage'],
    sentiment: undefined,
  });
});

test('names a contact of the contact centre by direction, channel and queue', () => {
  const data = { direction: 'INBOUND', channelType: 'telephony', queueName: 'Loans', customerSentiment: 'Positive' };
  expect(describeOf({ type: 'task:ended', source: '/com/cisco/wxcc/1', data })).toMatchObject({
    title: 'Inbound call',
    subtitle: 'Loans',
    type: undefined,
    iconKeys: ['inbound-call', 'telephony', 'temporaryId', 'task:ended'],
    sentiment: 'positive',
  });
});

test('names the queue of a contact by its id where it has no name', () => {
  const data = { direction: 'OUTBOUND', channelType: 'chat', queueId: 'q-7' };
  const { title, subtitle } = describeOf({ source: 'wxcc', data });
  expect([title, subtitle]).toEqual(['Outbound chat', 'Queue ID: q-7']);
});

test('names an event that says nothing by its identity, and tells what else was sent as pairs', () => {
  const data = { 'Past Due Amount': 120, category: 'Water', nested: { deep: 1 }, taskId: 't', uiData: {} };
  expect(describeOf({ type: 'Payment', identity: '+15550100199', identitytype: 'phone', data })).toMatchObject({
    title: '+15550100199',
    type: 'Payment',
    subtitle: 'Past Due Amount: 120 · category: Water',
  });
});

test('asks for an icon by the sender’s own key first, then channel, then kind of identity', () => {
  const data = { channelType: 'LoginUser', uiData: { iconType: 'Payment Notify' } };
  expect(describeOf({ identitytype: 'email', data }).iconKeys).toEqual([
    'Payment Notify',
    'LoginUser',
    'email',
    'webvisit',
  ]);
});

test('cuts what is longer than anybody reads, but never the address of the page', () => {
  const url = `https://home.com/${'x'.repeat(3000)}`;
  const described = describeOf({ data: { origin: 'x'.repeat(20_000), pageTitle: '😀'.repeat(200).slice(1), url } });
  expect(described.title).toBe(`${'x'.repeat(300)}…`);
  expect(described.subtitle).toMatch(/😀…$/u);
  expect(described.page).toBe(url);
});

test('survives any shape of data', () => {
  for (const data of [{}, { uiData: 'text' }, { uiData: [] }, { origin: {}, url: 7, page: 'x', channelType: null }])
    expect(describeOf({ data }).title).not.toBe('');
});
