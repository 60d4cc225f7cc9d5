import { expect, test } from 'vitest';
import { mergeItems, ownsAlias, withTrust } from '../../src/widget/feed.ts';
import { groupByDay, groupIntoEntries } from '../../src/widget/group-items.ts';
import { identifiedItems, identifiedMoments } from '../../src/widget/identified.ts';
import { type FeedItem, readFeedItem, type Trust } from '../../src/widget/journey-event.ts';
import { anEvent, aPerson } from './fake-journey-service.ts';

function item(value: unknown, trust?: Trust): FeedItem {
  const read = readFeedItem(value, trust);
  if (!read) throw new Error('not readable as an item');
  return read;
}

test('keeps an event once and in order, however often and late it arrives', () => {
  const [first, second, third] = [item(anEvent()), item(anEvent()), item(anEvent())];
  const items = mergeItems(mergeItems([second], [third, first, second]), [first]);
  expect(items).toEqual([third, second, first]);
});

test('takes events with one id at two times as two, since some senders reuse ids', () => {
  const first = anEvent({ id: 'same' });
  const second = anEvent({ id: 'same' });
  expect(mergeItems([item(first)], [item(second), item({ ...first })])).toHaveLength(2);
});

test('reads old events whose data is JSON text, and leaves out what is no event', () => {
  expect(item({ ...anEvent(), dataContentType: 'string', data: '{"taskId":"t"}' }).event.data).toEqual({ taskId: 't' });
  expect(item({ ...anEvent(), data: 'no JSON' }).event.data).toEqual({});
  for (const odd of [null, 7, [], {}, { ...anEvent(), time: 'yesterday' }, { ...anEvent(), type: undefined }])
    expect(readFeedItem(odd)).toBeUndefined();
});

test('puts all events of a taskId into one entry, also when others stand between them', () => {
  const web = (taskId: string) => item(anEvent({ data: { taskId } }));
  const [one, call, two, alone] = [web('a'), web('b'), web('a'), item(anEvent({ data: {} }))];
  const entries = groupIntoEntries(mergeItems([], [one, call, two, alone]));
  expect(entries.map((entry) => entry.items)).toEqual([[alone], [two, one], [call]]);
});

test('leaves out hidden events and begins a new day where the local date changes', () => {
  const hidden = item(anEvent({ data: { uiData: { hidden: 'description' } } }));
  const today = item(anEvent({ time: new Date(2026, 10, 22, 0, 5).toISOString(), data: {} }));
  const before = item(anEvent({ time: new Date(2026, 10, 21, 23, 55).toISOString(), data: {} }));
  const days = groupByDay(groupIntoEntries([hidden, today, before]));
  expect(days.map((day) => day.key)).toEqual(['2026-11-22', '2026-11-21']);
});

test('recognises an alias in the spellings that the service takes as one', () => {
  const person = aPerson({ email: ['Rue@example.com'], phone: ['+1 555 0100 199'] });
  expect(ownsAlias(person, 'rue@EXAMPLE.com')).toBe(true);
  expect(ownsAlias(person, '+15550100199')).toBe(true);
  expect(ownsAlias(person, 'browser-2')).toBe(false);
  expect(ownsAlias(undefined, 'browser-1')).toBe(false);
});

test('takes as identified what a known person did, and a browser’s events from its login on', () => {
  const before = item(anEvent());
  const login = item(anEvent({ identity: 'rue@example.com', identitytype: 'email', previousidentity: 'browser-1' }));
  const after = item(anEvent());
  const other = item(anEvent({ identity: 'browser-2' }));
  const person = aPerson({ email: ['rue@example.com'] });
  expect(identifiedItems([other, after, login, before], person)).toEqual(new Set([login.key, after.key]));
});

test('takes a link between two browsers for the name of neither, before one of them is known', () => {
  const link = (from: string, to: string, minute: number) => ({
    id: minute,
    from: { value: from, identitytype: 'temporaryId' as const },
    to: { value: to, identitytype: to.includes('@') ? ('email' as const) : ('temporaryId' as const) },
    cause: 'cross-domain:https://shop.example',
    trust: 'verified' as const,
    at: `2026-11-22T10:0${minute}:00Z`,
  });
  const visit = (identity: string, minute: number) => item(anEvent({ identity, time: `2026-11-22T10:0${minute}:30Z` }));
  const [early, late] = [visit('browser-3', 2), visit('browser-3', 3)];
  const bridges = [link('browser-2', 'browser-3', 1), link('browser-1', 'browser-2', 0)];
  expect(identifiedItems([late, early], aPerson(), bridges)).toEqual(new Set());
  const known = [...bridges, link('browser-1', 'rue@example.com', 3)];
  expect(identifiedItems([late, early], aPerson(), known)).toEqual(new Set([late.key]));
});

test('believes no event that only says who its visitor is', () => {
  const claim = item(anEvent({ identity: 'rue@example.com', identitytype: 'email', previousidentity: 'browser-1' }));
  const boast = item(anEvent({ data: { channelType: 'IdentifiedWeb', identitytype: 'email' } }));
  expect(identifiedItems([boast, claim], aPerson())).toEqual(new Set());
});

test('learns later how sure an event is, and takes a live one for as sure as its visit', () => {
  const live = item(anEvent({ data: { taskId: 'web-1' } }));
  const served = { ...live, trust: 'verified' as const };
  expect(mergeItems([live], [served])).toEqual([served]);
  expect(mergeItems([served], [live])).toEqual([served]);
  const next = (taskId: string) => withTrust(item(anEvent({ data: { taskId } })), [served]).trust;
  expect([next('web-1'), next('web-2')]).toEqual(['verified', 'recognised']);
  expect(withTrust(item(anEvent({ identity: 'browser-2' })), [served]).trust).toBeUndefined();
});

test('finds the moment at which a stranger became somebody, and the link that it made', () => {
  const before = item(anEvent());
  const login = item(anEvent({ identity: 'rue@example.com', identitytype: 'email', previousidentity: 'browser-1' }));
  const again = item(anEvent({ identity: 'rue@example.com', identitytype: 'email', previousidentity: 'browser-1' }));
  const person = aPerson({ email: ['rue@example.com'] });
  const end = (value: string) => ({ value, identitytype: 'email' as const });
  const link = {
    id: 7,
    from: end('browser-1'),
    to: end('rue@example.com'),
    cause: `event:${login.event.id}`,
    trust: 'verified' as const,
    at: '2026-11-22T09:00:00.000Z',
  };
  const moments = identifiedMoments([again, login, before], person, [link]);
  expect([...moments]).toEqual([[login.key, { name: 'rue@example.com', link }]]);
  // Nobody was anonymous before.
  expect(identifiedMoments([login], person, [link]).size).toBe(0);
  // Only a claim.
  expect(identifiedMoments([login, before], aPerson(), []).size).toBe(0);
});
