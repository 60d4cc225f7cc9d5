import { describeStore } from './driver-suite.ts';
import { openSqlite } from './helpers.ts';

describeStore('SQLite', openSqlite);
