// What happens on a page besides visits. A call takes note and costs the page no more than that; at the end of its task, or
// before anything whose effect can be seen, the notes become events.
import type { JsonObject } from '../protocol/index.ts';
import { snapshot } from './data.ts';
import type { VisitNames } from './options.ts';

/** Takes down what can change until it is told; the rest is asked for then. */
export type Happen = (names: VisitNames, data: object | undefined) => Happening;

/** Asked for when it is told: `at` in milliseconds on the page's clock. */
export type Happening = () => [at: number, names: VisitNames, data: JsonObject];

/** `name`: see namesOf. `clean`: see cleanUrl. */
export function createHappen(
  name: (given: VisitNames) => VisitNames,
  clean: (address: string) => string,
  complain: (message: string) => void,
): Happen {
  return (names, data) => {
    // The event is told all the same.
    if (typeof (data ?? {}) !== 'object') complain('bad data');
    const at = Date.now();
    // The address: `location.href` says the same and takes four times as long.
    const { URL: address, title } = document;
    const copy = snapshot(data);
    return () => [at, name(names), { url: clean(address), title, ...copy() }];
  };
}
