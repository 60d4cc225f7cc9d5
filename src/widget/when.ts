// Dates, times and durations as the agent's language and clock write them.
import type { Language } from './language.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function dayName(time: number, now: number, language: Language): string {
  const daysAgo = Math.round((midnight(now) - midnight(time)) / dayMs);
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  const name = format(language.locale, sameYear ? 'day' : 'dayOfYear').format(time);
  if (daysAgo === 0) return language.list(language.say('today'), name);
  return daysAgo === 1 ? language.list(language.say('yesterday'), name) : capitalised(name, language);
}

/** As a heading or title begins, also where the language writes days small. */
export function capitalised(text: string, { locale }: Language): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

export function timeOfDay(time: number, { locale }: Language): string {
  return format(locale, 'clock').format(time);
}

/** With seconds and date: for the tooltip of a time. */
export function fullTime(time: number, { locale }: Language): string {
  return format(locale, 'full').format(time);
}

export function timeRange(from: number, to: number, { locale }: Language): string {
  return format(locale, 'clock').formatRange(from, to);
}

/** `1 min 20 sec` in the words of the language. */
export function duration(ms: number, { locale }: Language): string {
  const seconds = Math.round(ms / 1000);
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(seconds, 'second');
  const rest = seconds < 600 ? seconds % 60 : 0;
  return [unit(Math.floor(seconds / 60), 'minute'), rest ? unit(rest, 'second') : ''].filter(Boolean).join(' ');
}

/** `24 hours`, in the words of the language. */
export function period(count: number, unit: string, { locale }: Language): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** `5 minutes ago` within a week, else the date. */
export function ago(time: number, now: number, { locale }: Language): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const minutes = Math.round((time - now) / 60_000);
  const distance = Math.abs(minutes);
  if (distance < 1) return relative.format(0, 'second');
  if (distance < 60) return relative.format(minutes, 'minute');
  if (distance < 24 * 60) return relative.format(Math.round(minutes / 60), 'hour');
  const days = Math.round((midnight(time) - midnight(now)) / dayMs);
  return Math.abs(days) < 7 ? relative.format(days, 'day') : format(locale, 'dayOfYear').format(time);
}

const styles = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayOfYear: { day: 'numeric', month: 'long', year: 'numeric' },
  clock: { timeStyle: 'short' },
  full: { dateStyle: 'long', timeStyle: 'medium' },
} as const;

// Each is made once: making one takes as long as a hundred uses, and a long journey needs thousands at every live event.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, style: keyof typeof styles): Intl.DateTimeFormat {
  const key = `${style} ${locale}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, styles[style]);
  formats.set(key, known);
  return known;
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
