// A process that forwards from a store file until it is killed. Its first argument is a destination as JSON, its second
// the file; then it appends visits and logins of so many customers, named by a tag. Its clock starts where it is told.
import { writeSync } from 'node:fs';
import { type JdsDestination, realClock, startForward } from '../../../dist/lib/delivery/index.js';
import { openSqliteStore } from '../../../dist/lib/store/index.js';
import { aBatch, aProof, identifyEvent, pageEvent } from '../../store/values.ts';

const [destination = '', file = '', count = '0', tag = '', startsAt = ''] = process.argv.slice(2);
// Time runs fast, so that leases end and look-ups come due between two kills.
const speed = 50;
const began = performance.now();
const now = () => Math.floor(Number(startsAt) + (performance.now() - began) * speed);
const wait = (ms: number, signal?: AbortSignal) => realClock.wait(ms / speed, signal);
const store = await openSqliteStore({ file, now, minFreeDiskBytes: 0 });
const forward = await startForward({
  store,
  destination: JSON.parse(destination) as JdsDestination,
  clock: { now, steady: now, wait },
});
writeSync(1, 'open\n');

for (let customer = 0; customer < Number(count); customer++) {
  const browser = `browser-${tag}-${customer}`;
  const identity = `customer-${tag}-${customer}@example.com`;
  const time = new Date(now()).toISOString();
  const events = [
    pageEvent(browser, { id: `visit-${tag}-${customer}`, time }),
    identifyEvent(browser, identity, 'email', { id: `login-${tag}-${customer}`, time }),
  ];
  const results = await store.append(
    aBatch(events, { receivedAt: now(), findings: { 1: { proof: aProof(identity) } } }),
  );
  for (const { id } of results) writeSync(1, `made ${id}\n`);
}
setInterval(async () => {
  const { waiting, possiblyLost, possiblyTwice, buried } = await forward.status();
  const doubts = forward.doubts().map(({ kind, id }) => `${kind} ${id}`);
  writeSync(1, `status ${JSON.stringify({ waiting, possiblyLost, possiblyTwice, buried, doubts, now: now() })}\n`);
}, 50);
