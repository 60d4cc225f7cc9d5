// Says the widget's own words, numbers and dates in one language. Which one: the element's `lang`, else the browser's.
// English is here; others are modules of their own, loaded when a browser wants them, and a page may add more.
import { english, type Text, type TextKey, type TextTable } from './english.ts';

export interface Language {
  /** BCP 47, also for Intl. */
  locale: string;
  direction: 'ltr' | 'rtl';
  /** Between two parts of a line: with the comma of the script. */
  list(...parts: (string | undefined)[]): string;
  say(key: TextKey, values?: Record<string, string | number>): string;
}

export type LanguageSource = TextTable | (() => Promise<{ default: TextTable }>);

const sources = new Map<string, LanguageSource>();

/** Adds a language, or replaces one: `addLanguage('de', { live: 'Live', … })`. Elements that are there already take it when next shown. */
export function addLanguage(locale: string, source: LanguageSource): void {
  sources.set(locale.toLowerCase(), source);
}

/** Languages from right to left, by their first part. */
const rightToLeft = /^(ar|dv|fa|he|ps|sd|ug|ur|yi)\b/i;
const arabicScript = /^(ar|fa|ps|sd|ug|ur)\b/i;

export function createLanguage(locale: string, table: TextTable = {}): Language {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const direction = rightToLeft.test(locale) ? 'rtl' : 'ltr';
  // A value may run the other way than the text around it; isolates keep it to itself.
  const isolate = (value: string) => (direction === 'rtl' ? `\u2068${value}\u2069` : value);
  return {
    locale,
    direction,
    list: (...parts) => parts.filter(Boolean).join(arabicScript.test(locale) ? '، ' : ', '),
    say(key, values = {}) {
      const text: Text = table[key] ?? english[key];
      const form = typeof text === 'string' ? text : (text[plurals.select(Number(values['count']))] ?? text.other);
      return form.replace(/\{(\w+)\}/g, (_, name) => {
        const value = values[name];
        return typeof value === 'number' ? numbers.format(value) : isolate(value ?? '');
      });
    },
  };
}

/** The first of the wanted languages that is known; English where none is or it cannot be loaded. */
export async function loadLanguage(wanted: readonly string[]): Promise<Language> {
  for (const locale of wanted) {
    const tag = locale.toLowerCase();
    const source = sources.get(tag) ?? sources.get(tag.split('-')[0] ?? '');
    try {
      if (source) return createLanguage(locale, typeof source === 'function' ? (await source()).default : source);
      if (/^en\b/.test(tag)) return createLanguage(locale);
    } catch {
      // Not reachable, or a locale that Intl refuses: the next one will do.
    }
  }
  return createLanguage('en');
}
