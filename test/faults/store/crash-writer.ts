// A process that appends under load until it is killed. Prints the id of every event that was acknowledged, one write a batch,
// so that nothing it has promised is lost with it. Restarted on the same file, it first sends again what it does not know of.
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../../dist/lib/store/index.js';
import { aBatch, aProof, identifyEvent, pageEvent } from '../../store/values.ts';

const [file = '', round = '0', lanes = '8'] = process.argv.slice(2);
const store = await openSqliteStore({ file, minFreeDiskBytes: 0, maxLogBytes: 2 ** 20 });
writeSync(1, 'open\n');

let count = 0;
/** Each lane is a browser: visits in batches, now and then a login, always the next batch after the answer. */
async function lane(number: number): Promise<never> {
  const browser = `browser-${number}`;
  for (;;) {
    count += 1;
    const events = Array.from({ length: 1 + (count % 20) }, (_, i) =>
      pageEvent(browser, { id: `${round}-${number}-${count}-${i}`, data: { text: 'x'.repeat(count % 700) } }),
    );
    events.push(
      identifyEvent(browser, `customer-${number}@x.com`, 'email', { id: `${round}-${number}-${count}-login` }),
    );
    const proof = aProof(`customer-${number}@x.com`);
    const batch = () => aBatch(events, { findings: { [events.length - 1]: { proof } }, receivedAt: Date.now() });
    const results = await store.append(batch());
    // Every batch is sent twice, as after a lost answer.
    void store.append(batch());
    const acknowledged = results.filter(({ result }) => result === 'ok' || result === 'duplicate');
    writeSync(1, acknowledged.map(({ id }) => `ack ${id}\n`).join(''));
  }
}

for (let number = 0; number < Number(lanes); number++) void lane(number);
