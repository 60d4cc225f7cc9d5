// A look at one object of a configuration: each question notes a fault with its place, and none throws, so that all
// faults are told at once.
import { isObject } from '../protocol/index.ts';

export interface Check {
  /** Whether the object was given at all. */
  exists: boolean;
  has(name: string, value?: unknown): boolean;
  needs(name: string, fits: (value: unknown) => boolean, expected: string): void;
  may(name: string, fits: (value: unknown) => boolean, expected: string): void;
  /** As `needs`, but the message never shows what came. */
  secret(name: string, fits: (value: unknown) => boolean, expected: string): void;
  only(...names: string[]): void;
  inner(name: string, required?: boolean): Check;
  list(name: string): Check[];
}

export function createCheck(object: Record<string, unknown>, place: string, faults: string[], exists = true): Check {
  const at = (name: string): string => (place === '' ? name : `${place}.${name}`);
  const own = (name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
  const fault = (name: string, expected: string, got?: unknown): void => {
    const shown = got === undefined ? '' : `, got ${JSON.stringify(got)?.slice(0, 60)}`;
    faults.push(`${at(name)}: expected ${expected}${shown}`);
  };
  return {
    exists,
    has: (name, value) => own(name) !== undefined && (value === undefined || own(name) === value),
    needs(name, fits, expected) {
      if (!fits(own(name))) fault(name, expected, own(name));
    },
    may(name, fits, expected) {
      if (own(name) !== undefined && !fits(own(name))) fault(name, expected, own(name));
    },
    secret(name, fits, expected) {
      if (!fits(own(name))) fault(name, expected);
    },
    only(...names) {
      for (const name of Object.keys(object)) {
        if (!names.includes(name)) faults.push(`${at(name)}: is no option here; expected ${names.join(', ')}`);
      }
    },
    inner(name, required = false) {
      const value = own(name);
      if (value !== undefined || required) this.needs(name, isObject, 'an object');
      return createCheck(isObject(value) ? value : {}, at(name), faults, isObject(value));
    },
    list(name) {
      const value = own(name) ?? [];
      if (!Array.isArray(value)) fault(name, 'a list', value);
      const items: unknown[] = Array.isArray(value) ? value : [];
      return items.map((item, index) => createCheck(isObject(item) ? item : {}, `${at(name)}[${index}]`, faults));
    },
  };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

export function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535;
}

export function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/[\w./~-]+$/.test(value);
}

export function isDomain(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(value);
}

export function isOneOf(...words: string[]): (value: unknown) => boolean {
  return (value) => words.includes(value as string);
}

export function isListOf(is: (item: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(is);
}
