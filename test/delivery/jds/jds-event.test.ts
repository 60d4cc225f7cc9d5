// The event as JDS takes it.
import { describe, expect, it } from 'vitest';
import { knownIdentityOf, toJdsEvent } from '../../../src/delivery/jds/jds-event.ts';
import type { CloudEvent } from '../../../src/protocol/index.ts';
import type { Link } from '../../../src/store/index.ts';
import { anEvent, noon } from '../../store/values.ts';

const shaped = (members: object) => toJdsEvent({ event: anEvent(members as Partial<CloudEvent>) });

function aLink(members: Partial<Link> = {}): Link {
  return {
    id: 1,
    from: { value: 'browser-1', identitytype: 'temporaryId' },
    to: { value: 'ann@x.com', identitytype: 'email' },
    cause: 'event:1',
    trust: 'verified',
    at: noon,
    ...members,
  };
}

describe('an event for JDS', () => {
  it('has the attributes of the contract and none of our own', () => {
    const event = shaped({
      id: 'e1',
      time: '2026-11-22T12:00:00Z',
      browserclass: 'chrome',
      traceparent: '00-1',
      data: { a: 1 },
    });
    expect(event).toEqual({
      id: 'e1',
      specversion: '1.0',
      type: 'webvisit',
      source: 'home.com:website',
      time: '2026-11-22T12:00:00Z',
      identity: 'browser-1',
      identitytype: 'temporaryId',
      datacontenttype: 'application/json',
      data: { a: 1 },
    });
  });

  it('has no spaces in its source, and the taskId that desks read', () => {
    expect(shaped({ source: 'Voice Contact' }).source).toBe('Voice%20Contact');
    expect(shaped({ data: { taskid: 'web-1', notes: 'n' } }).data).toEqual({ taskId: 'web-1', notes: 'n' });
    expect(shaped({ data: { taskid: 'old', taskId: 'new' } }).data).toEqual({ taskId: 'new' });
  });

  it('names a previous identity only where there is one', () => {
    for (const previousidentity of [null, '', 'none', undefined]) {
      expect(shaped({ previousidentity })).not.toHaveProperty('previousidentity');
    }
    expect(shaped({ previousidentity: 'browser-1', identity: 'a@x.com', identitytype: 'email' }).previousidentity).toBe(
      'browser-1',
    );
  });
});

describe('the known identity of a browser', () => {
  const known = (
    links: Link[],
    rewrite: Parameters<typeof knownIdentityOf>[2] = 'verified',
    members: Partial<CloudEvent> = {},
  ) => knownIdentityOf({ event: anEvent(members) }, links, rewrite)?.identity;

  it('is that of its first proven link, whichever way it was made', () => {
    expect(known([aLink()])).toBe('ann@x.com');
    const { from, to } = aLink();
    expect(known([aLink({ from: to, to: from })])).toBe('ann@x.com');
    expect(known([aLink(), aLink({ to: { value: '+1555', identitytype: 'phone' } })])).toBe('ann@x.com');
  });

  it('is that of the browser by which its visitor came from another domain', () => {
    const to = { value: 'browser-2', identitytype: 'temporaryId' } as const;
    const bridge = aLink({ to, cause: 'cross-domain:https://shop.example' });
    const login = aLink({ from: to });
    expect(known([bridge, login])).toBe('ann@x.com');
    expect(known([aLink({ ...bridge, from: to, to: bridge.from }), login])).toBe('ann@x.com');
    expect(known([bridge, { ...login, trust: 'agent' }])).toBeUndefined();
    expect(known([{ ...bridge, removed: { at: noon, cause: 'agent:bo' } }, login])).toBeUndefined();
  });

  it('is not taken from claims, removed links, other browsers, or what an agent said unless that is asked for', () => {
    expect(known([aLink({ trust: 'provisional' })], 'joined')).toBeUndefined();
    expect(known([aLink({ removed: { at: noon, cause: 'agent:bo' } })])).toBeUndefined();
    expect(known([aLink({ from: { value: 'browser-2', identitytype: 'temporaryId' } })])).toBeUndefined();
    expect(known([aLink({ to: { value: 'browser-3', identitytype: 'temporaryId' } })])).toBeUndefined();
    expect(known([aLink({ trust: 'agent' })])).toBeUndefined();
    expect(known([aLink({ trust: 'agent' })], 'joined')).toBe('ann@x.com');
    expect(known([aLink()], 'none')).toBeUndefined();
    expect(known([aLink()], 'verified', { identity: 'browser-1', identitytype: 'customerId' })).toBeUndefined();
  });
});
