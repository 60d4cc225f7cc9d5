// `waymark restore`: puts a backup in the place of the database, while no server runs on it. Keys, seal and dead letters
// that are there stay, for they know more than those of the backup: such as which key was revoked since.
import { cpSync, existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { restoreStoreFile } from '../../store/index.ts';
import { filesOf } from '../config.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, needText, readOptions } from './options.ts';

export const restore: Command = {
  what: 'puts a backup in the place of the database of a stopped server',
  usage: 'waymark restore --config FILE --from FOLDER (of `waymark backup`, or a copy of the database alone)',
  async run({ args, environment, print }) {
    const { values } = readOptions(args, { ...configOptions, from: { type: 'string' } });
    const from = resolve(needText(values, 'from'));
    if (!existsSync(from)) throw new CommandError(`--from: there is nothing at ${from}`);
    const config = configOf(values, { environment });
    const { database } = config;
    const isFolder = statSync(from).isDirectory();
    const replaced = await restoreStoreFile(isFolder ? join(from, basename(database)) : from, database);
    for (const file of isFolder ? Object.values(filesOf(config)) : []) {
      const kept = join(from, basename(file));
      if (!existsSync(file) && existsSync(kept)) cpSync(kept, file, { recursive: true, preserveTimestamps: true });
    }
    print(`${database} is restored from ${from}`);
    if (replaced !== undefined) print(`what was there is ${replaced}`);
    print(
      existsSync(`${database}.erased`)
        ? `who is in ${database}.erased is erased again at the next start`
        : `there is no ${database}.erased: whoever was erased after the backup is back. Put that file there before the start`,
    );
    return 0;
  },
};
