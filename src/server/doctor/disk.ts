// The disk under the database: there, writable, with room, and not readable by everybody.
import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { filesOf, type ServerConfig } from '../config.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const lowBytes = 1024 ** 3;
/** The store takes no events below (SqliteStoreOptions.minFreeDiskBytes). */
const leastBytes = 256 * 1024 ** 2;

export async function checkDisk(config: ServerConfig): Promise<Finding[]> {
  const folder = dirname(config.database);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    return [room(free, folder), ...(await checkModes(config))];
  } catch (error) {
    return [fault(`disk: ${folder} cannot be written (${error instanceof Error ? error.message : String(error)})`)];
  }
}

function room(free: number, folder: string): Finding {
  const gigabytes = `disk: ${(free / 1024 ** 3).toFixed(1)} GB free at ${folder}`;
  if (free < leastBytes) return fault(`${gigabytes}; make room, until then the relay takes no events (disk-low)`);
  if (free < lowBytes) return warning(`${gigabytes}; make room, the relay takes no events below 0.25 GB`);
  return ok(gigabytes);
}

async function checkModes(config: ServerConfig): Promise<Finding[]> {
  const { keys, seal } = filesOf(config);
  const findings: Finding[] = [];
  for (const file of [config.database, keys, seal]) {
    const mode = await stat(file).then(
      (found) => found.mode,
      () => 0,
    );
    if (mode & 0o077) findings.push(warning(`disk: ${file} can be read by others; chmod 600 it`));
  }
  return findings;
}
