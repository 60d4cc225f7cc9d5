// Dates and times as the agent's language and clock write them.
import type { Texts } from './texts.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function dayName(time: number, now: number, texts: Texts): string {
  const date = new Date(time);
  const daysAgo = Math.round((midnight(now) - midnight(time)) / dayMs);
  const long = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
  const withYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  const name = sameYear ? long.format(date) : withYear.format(date);
  if (daysAgo === 0) return `${texts.today}, ${name}`;
  return daysAgo === 1 ? `${texts.yesterday}, ${name}` : name;
}

export function timeOfDay(time: number): string {
  return clock().format(time);
}

/** With seconds and date: for the tooltip of a time. */
export function fullTime(time: number): string {
  return calendar().format(time);
}

export function timeRange(from: number, to: number): string {
  return clock().formatRange(from, to);
}

// Each is made once: making one takes as long as a hundred uses, and a long journey needs thousands at every live event.
const clock = once(() => new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }));
const calendar = once(() => new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' }));

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
