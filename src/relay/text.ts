// Strings that make trouble further on: NUL (PostgreSQL refuses it), halves of surrogate pairs (not UTF-8), control
// characters in names (logs, headers). Refused in attributes, mended in `data`, where a cut-off title may end in one.
import { isObject, Problem, type WireEvent } from '../protocol/index.ts';

const attributes = ['id', 'type', 'source', 'identity', 'previousidentity', 'time'] as const;
const unfit = /[\p{Cc}\p{Cs}]/u;

/** Throws a Problem `invalid-event` that points at the attribute. */
export function requirePlainAttributes(event: WireEvent, path: string): void {
  for (const name of attributes) {
    const value = event[name];
    if (typeof value === 'string' && unfit.test(value)) {
      throw new Problem(
        'invalid-event',
        `${name}: expected text without control characters and halves of surrogate pairs`,
        `${path}/${name}`,
      );
    }
  }
}

/** Only a text with one of these can hold what the two functions below look for. */
export function isSuspicious(text: string): boolean {
  return text.includes('\\u') || text.includes('__proto__') || text.includes('prototype');
}

/** Throws a Problem where a member would reach the prototype of whatever it is copied into. */
export function requirePlainNames(value: unknown, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) requirePlainNames(one, `${path}/${index}`);
  } else if (isObject(value)) {
    for (const [name, one] of Object.entries(value)) {
      const hidden = name === 'constructor' && isObject(one) && Object.hasOwn(one, 'prototype');
      if (name === '__proto__' || hidden) {
        throw new Problem('invalid-event', `expected no member named ${name}`, `${path}/${name}`.slice(0, 200));
      }
      requirePlainNames(one, `${path}/${name}`);
    }
  }
}

/** Replaces NUL and halves of surrogate pairs in every string of the value by U+FFFD, in place. True where there were any. */
export function mendStrings(value: object): boolean {
  let mended = false;
  const holder = value as Record<string, unknown>;
  for (const [name, one] of Object.entries(holder)) {
    if (typeof one === 'string') {
      const fit = one.replace(/\p{Cs}/gu, '\uFFFD').replaceAll('\0', '\uFFFD');
      if (fit !== one) {
        holder[name] = fit;
        mended = true;
      }
    } else if (Array.isArray(one) || isObject(one)) {
      if (mendStrings(one)) mended = true;
    }
  }
  return mended;
}
