// What every driver of the store must do, told only through the Store interface. A new driver runs this suite unchanged.
import { describe } from 'vitest';
import type { OpenStore } from './helpers.ts';
import { describeAppending } from './suite/appending.ts';
import { describeJoining } from './suite/joining.ts';
import { describePersons } from './suite/persons.ts';

export function describeStore(driver: string, open: OpenStore): void {
  describe(`the ${driver} store`, () => {
    describeAppending(open);
    describeJoining(open);
    describePersons(open);
  });
}
