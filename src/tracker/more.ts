// The parts of the tracker that few pages use, in a script of their own that is loaded before the first visit is told when
// an option, the address or the browser asks for them.
import { tellClicks } from './clicks.ts';
import { measureVisits } from './measure.ts';
import type { Host } from './parts.ts';
import { followHistory } from './routes.ts';

export { campaignData, cleanUrl, ruleOf } from './settings.ts';

export function startMore(host: Host): void {
  const { measure, visits } = host.options;
  if (visits !== 'manual' && !(globalThis as { navigation?: object }).navigation) followHistory(host);
  if (measure) measureVisits(host);
  tellClicks(host);
}
