// Appends one event after the other and writes each acknowledgement to a file, for strace to see in order with the syncs.
import { closeSync, openSync, writeSync } from 'node:fs';
import { openSqliteStore } from '../../../dist/lib/store/index.js';
import { aBatch, pageEvent } from '../../store/values.ts';

const [file = '', acknowledgements = '', count = '100'] = process.argv.slice(2);
const store = await openSqliteStore({ file, minFreeDiskBytes: 0 });
const out = openSync(acknowledgements, 'w');
for (let i = 0; i < Number(count); i++) {
  const [result] = await store.append(aBatch([pageEvent(`browser-${i % 7}`)]));
  writeSync(out, `ack ${i} ${result?.result}\n`);
}
closeSync(out);
await store.close();
