// What happens on a page besides visits. A call takes note and costs the page no more than that; at the end of its task, or
// before anything whose effect can be seen, the notes become events.
import type { Lane } from '../transport/index.ts';
import { snapshot } from './data.ts';
import type { TrackerOptions, VisitNames } from './options.ts';
import { cleanUrl, namesOf } from './page.ts';
import type { Telling } from './tell.ts';

export interface Happenings {
  /** Notes that something happens now; `tell` is called at the end of the task. */
  _note(type: string, data: object | undefined, lane: Lane | undefined, tell: (telling: Telling) => void): void;
  /** What is noted becomes events now. */
  _tellNoted(): void;
}

/** `guarded`: see guard.ts. */
export function createHappenings(options: TrackerOptions, guarded: (work: () => void) => () => void): Happenings {
  const noted: (() => void)[] = [];

  function tellNoted(): void {
    for (const work of noted.splice(0)) work();
  }

  return {
    _note(type, data, _lane, tell) {
      const make = happened({ type, notes: type }, data, options);
      if (!noted[0]) queueMicrotask(tellNoted);
      noted.push(guarded(() => tell({ ...make(), _lane })));
    },
    _tellNoted: tellNoted,
  };
}

/** Something that happens on the page now. What can change until it is told is taken down, the rest is asked for then. */
export function happened(names: VisitNames, data: object | undefined, options: TrackerOptions): () => Telling {
  const _at = Date.now();
  const { href } = location;
  const { title } = document;
  const copy = snapshot(data);
  return () => ({
    _at,
    _names: namesOf(names, options),
    _data: { url: cleanUrl(href, options.parameters), title, ...copy() },
  });
}
