// What is wrong in a template or an action: collected with its path, so that one answer names every fault at once.
import { JourneyError } from '../jds-error.ts';

export interface Faults {
  /** Notes that something else was expected at a path such as `attributes[0].limit`. */
  expected(path: string, what: string, got: unknown): void;
  /** Throws 400 with all of them; does nothing where there are none. */
  throwAny(subject: string): void;
}

export function createFaults(): Faults {
  const found: string[] = [];
  return {
    expected: (path, what, got) => void found.push(`${path}: expected ${what}, got ${describe(got)}`),
    throwAny(subject) {
      if (found.length > 0) throw new JourneyError(400, `The ${subject} is not valid`, found);
    },
  };
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
