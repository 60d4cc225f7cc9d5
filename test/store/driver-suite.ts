// What every driver of the store must do, told only through the Store interface. A new driver runs this suite unchanged.
import { describe } from 'vitest';
import type { OpenStore } from './helpers.ts';
import { describeAppending } from './suite/appending.ts';
import { describeDelivering } from './suite/delivering.ts';
import { describeFilters } from './suite/filters.ts';
import { describeJoining } from './suite/joining.ts';
import { describeKeeping } from './suite/keeping.ts';
import { describePersonChanges } from './suite/person-changes.ts';
import { describePersons } from './suite/persons.ts';
import { describeProfiling } from './suite/profiling.ts';
import { describeReading } from './suite/reading.ts';

export function describeStore(driver: string, open: OpenStore): void {
  describe(`the ${driver} store`, () => {
    describeAppending(open);
    describeJoining(open);
    describePersons(open);
    describePersonChanges(open);
    describeReading(open);
    describeFilters(open);
    describeDelivering(open);
    describeProfiling(open);
    describeKeeping(open);
  });
}
