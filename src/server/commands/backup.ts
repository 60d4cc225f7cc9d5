// `waymark backup`: copies what belongs to a server into a new folder, under the names that it has beside the database,
// also while the server runs. Only the configuration stays with the operator.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { backUpSqliteFile } from '../../store/index.ts';
import { filesOf } from '../config.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, needText, readOptions } from './options.ts';

export const backup: Command = {
  what: 'copies database, keys and dead letters into a new folder, also while the server runs',
  usage: 'waymark backup --config FILE --to FOLDER',
  async run({ args, environment, print }) {
    const { values } = readOptions(args, { ...configOptions, to: { type: 'string' } });
    const config = configOf(values, { environment });
    const to = resolve(needText(values, 'to'));
    if (existsSync(to)) throw new CommandError(`--to: ${to} exists, expected the path of a new folder`);
    if (!existsSync(config.database)) throw new CommandError(`there is no database at ${config.database}`);
    const part = `${to}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { mode: 0o700 });
    try {
      // The database before what its events and tokens are sealed with: that one never changes.
      await backUpSqliteFile(config.database, join(part, basename(config.database)));
      for (const file of Object.values(filesOf(config))) {
        if (existsSync(file)) cpSync(file, join(part, basename(file)), { recursive: true, preserveTimestamps: true });
      }
      renameSync(part, to);
    } catch (error) {
      rmSync(part, { recursive: true, force: true });
      throw error;
    }
    print(`everything but the configuration is in ${to}`);
    return 0;
  },
};
