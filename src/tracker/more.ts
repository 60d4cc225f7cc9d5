// The parts of the tracker that few pages use, in a script of their own that is loaded when an option asks for them.
import { tellClicks } from './clicks.ts';
import { measureVisits } from './measure.ts';
import type { Host } from './parts.ts';

export function startMore(host: Host): void {
  if (host.options.measure) measureVisits(host);
  tellClicks(host);
}
