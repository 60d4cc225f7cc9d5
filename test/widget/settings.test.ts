import { expect, test } from 'vitest';
import { filterEntries, tagsIn } from '../../src/widget/filter-entries.ts';
import { groupIntoEntries, isOngoing, summaryEvent } from '../../src/widget/group-items.ts';
import { readFeedItem } from '../../src/widget/journey-event.ts';
import {
  baseUrlOf,
  cadVariable,
  customerOf,
  isCisco,
  isNotFalse,
  isTrueByDefault,
  timeFrameOf,
  timeFramesOf,
} from '../../src/widget/settings.ts';
import { anEvent } from './fake-journey-service.ts';

const entriesOf = (...events: object[]) =>
  groupIntoEntries(events.flatMap((event) => readFeedItem({ ...anEvent(), ...event }) ?? []).reverse());

test('prefers the address of the service over the data centre, whose old names work as well', () => {
  expect(baseUrlOf('https://wm.home.com', 'us1')).toBe('https://wm.home.com');
  expect(baseUrlOf(undefined, 'us1')).toBe('https://api.wxcc-us1.cisco.com');
  expect(baseUrlOf(undefined, 'prodeu2')).toBe('https://api.wxcc-eu2.cisco.com');
  expect(baseUrlOf(undefined, 'evil.example/')).toBeUndefined();
  expect(['https://api.wxcc-us1.cisco.com', 'https://cisco.com.evil.example'].map(isCisco)).toEqual([true, false]);
});

test('looks for the customer in the named variable, then the dialled number, then the caller, then the page', () => {
  const interactionData = { ani: '+1555', dn: '+1777', callAssociatedData: { cust: { value: ' 4711 ' } } };
  const of = (more: object, lookup?: string) =>
    customerOf({ interactionData: { ...interactionData, ...more }, cadVariableLookup: lookup, customer: 'rue' });
  expect(of({}, 'cust')).toBe('4711');
  expect(of({}, 'absent')).toBe('+1555');
  expect(of({ contactDirection: { type: 'OUTBOUND' } })).toBe('+1777');
  expect(of({ ani: '' })).toBe('rue');
  expect(cadVariable({ callAssociatedDetails: { JDSDivision: 'Loans' } }, 'JDSDivision')).toBe('Loans');
  expect(cadVariable({}, 'constructor')).toBeUndefined();
});

test('takes the word false for false, and an absent flag for its default', () => {
  expect(['', 'true', 'False', null].map(isNotFalse)).toEqual([true, true, false, false]);
  expect(['', 'false', null].map(isTrueByDefault)).toEqual([true, false, true]);
  expect(['7-Days', 'nonsense', '0-Days', undefined].map(timeFrameOf)).toEqual(['7-days', 'all', 'all', 'all']);
});

test('offers channels and tags in lower case, and keeps an entry whole that has the chosen one', () => {
  const entries = entriesOf(
    { data: { taskId: 'a', uiData: { filterTags: ['Loans', ' vip '] } } },
    { data: { taskId: 'a' } },
    { source: 'wxcc', data: { channelType: 'Telephony' } },
    { data: { channelType: 'NewVisit', uiData: { filterTags: 'LOANS' } } },
  );
  expect(tagsIn(entries)).toEqual(['loans', 'telephony', 'vip']);
  expect(filterEntries(entries, 'VIP', 'All', 0).map(({ items }) => items.length)).toEqual([2]);
  expect(filterEntries(entries, '', 'All', 0)).toHaveLength(3);
});

test('shows what is within the period by an entry’s last event', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const entries = entriesOf(
    { time: '2026-10-01T12:00:00Z', data: {} },
    { time: '2026-11-20T12:00:00Z', data: {} },
    { time: '2026-11-22T11:00:00Z', data: {} },
  );
  const count = (frame: string) => filterEntries(entries, '', frame, now).length;
  expect(['24-hours', '7-days', '30-days', '6-months', 'all'].map(count)).toEqual([1, 2, 2, 3, 3]);
});

test('offers the periods of the original or the page’s own, shortest first, and the one that is wanted among them', () => {
  expect(timeFramesOf(undefined, 'all')).toEqual(['all', '24-hours', '7-days', '30-days']);
  expect(timeFramesOf(undefined, '6-months')).toEqual(['all', '24-hours', '7-days', '30-days', '6-months']);
  expect(timeFramesOf('12-Months 10-Days, nonsense', '7-days')).toEqual(['all', '7-days', '10-days', '12-months']);
});

test('leaves out the contact centre’s own events, or those of others without origin, where the page says so', () => {
  const items = [
    { source: 'wxcc', data: { channelType: 'telephony' } },
    { data: { origin: 'Website' } },
    { data: { channelType: 'NewVisit' } },
  ].flatMap((event) => readFeedItem({ ...anEvent(), ...event }) ?? []);
  const count = (rules: object) => groupIntoEntries(items, rules).length;
  expect([count({}), count({ hideContacts: true }), count({ needOrigin: true })]).toEqual([3, 2, 2]);
});

test('leaves out what belongs to another division, whatever the case', () => {
  const of = (division: string | undefined) =>
    ['LOANS', 'cards', undefined].flatMap((own) =>
      groupIntoEntries(
        [readFeedItem({ ...anEvent(), data: { uiData: own ? { division: own } : {} } })].flatMap((one) => one ?? []),
        { division },
      ),
    ).length;
  expect([of(undefined), of('Loans')]).toEqual([3, 2]);
});

test('takes a contact for ongoing within an hour of its last word until it has ended', () => {
  const contact = (type: string) => ({
    type,
    source: 'wxcc',
    time: '2026-11-22T12:00:00Z',
    data: { taskId: 't', queueName: type },
  });
  const [open] = entriesOf(contact('task:new'));
  const [ended] = entriesOf(contact('task:new'), contact('task:ended'));
  const [visit] = entriesOf({ time: '2026-11-22T12:00:00Z', data: { taskId: 'web-1' } });
  if (!open || !ended || !visit) throw new Error('expected an entry each');
  const at = Date.parse('2026-11-22T12:30:00Z');
  expect([open, ended, visit].map((entry) => isOngoing(entry, at))).toEqual([true, false, false]);
  expect(isOngoing(open, at + 3_600_000)).toBe(false);
});

test('names a contact by what all its events told, the newest first', () => {
  const [entry] = entriesOf(
    { source: 'wxcc', data: { taskId: 't', queueName: 'Loans', channelType: 'chat' } },
    { source: 'wxcc', data: { taskId: 't', channelType: 'telephony', queueName: '' } },
  );
  if (!entry) throw new Error('expected an entry');
  expect(summaryEvent(entry).data).toMatchObject({ queueName: 'Loans', channelType: 'telephony' });
});

test('keeps what was measured of a visit, although it is hidden', () => {
  const [entry] = entriesOf(
    { data: { taskId: 'a', url: 'https://home.com/' } },
    { data: { taskId: 'a', url: 'https://home.com/', engagedMs: 4000, uiData: { hidden: 'measurement' } } },
  );
  expect(entry).toMatchObject({ items: [{}], engaged: [{ page: 'https://home.com/', ms: 4000 }] });
});
