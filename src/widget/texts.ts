// Every word that the widget itself says, in one place, so that a language is one more table. Dates come from Intl.
import type { StreamState } from './event-stream.ts';

export const english = {
  heading: 'Customer journey',
  aliasTypes: {
    email: 'E-mail',
    phone: 'Phone',
    customerId: 'Customer ID',
    socialId: 'Social',
    temporaryId: 'Browser',
  },
  live: {
    live: 'Live',
    connecting: 'Connecting',
    waiting: 'Reconnecting',
    refused: 'Signed out',
    off: 'Not live',
  } as Record<StreamState | 'off', string>,
  anonymous: 'Anonymous visitor',
  identified: 'Identified customer',
  contact: 'Contact centre',
  unknown: 'Not known here',
  chooseCustomer: 'No customer chosen.',
  loading: 'Reading the journey',
  empty: 'Nothing seen yet under this identity.',
  emptyLive: 'The first visit will appear here by itself.',
  failed: 'The journey could not be read.',
  stale: 'Shown as last read.',
  tryAgain: 'Try again',
  trackingId: 'Tracking ID',
  more: (count: number): string => `Show ${count} more`,
  allAliases: (count: number): string => `and ${count} more`,
  events: (count: number): string => (count === 1 ? '1 event' : `${count} events`),
  newEvent: (what: string, who: string): string => `New: ${what}, ${who}`,
  today: 'Today',
  yesterday: 'Yesterday',
};

export type Texts = typeof english;
