// Opens a store, keeps one event and holds the file until it is killed.
import { openSqliteStore } from '../../../dist/lib/store/index.js';
import { aBatch, pageEvent } from '../values.ts';

const [file = ''] = process.argv.slice(2);
const store = await openSqliteStore({ file, minFreeDiskBytes: 0 });
await store.append(aBatch([pageEvent('b1', { id: 'held' })]));
console.log('open');
setInterval(() => undefined, 1_000);
