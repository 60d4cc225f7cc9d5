// The disk under the database: there, writable, with room, and not readable by everybody.
import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { filesOf, type ServerConfig } from '../config.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const lowBytes = 1024 ** 3;

export async function checkDisk(config: ServerConfig): Promise<Finding[]> {
  const folder = dirname(config.database);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const gigabytes = (free / 1024 ** 3).toFixed(1);
    const room =
      free < lowBytes
        ? warning(`disk: ${gigabytes} GB free at ${folder}; make room, the relay refuses events when it runs out`)
        : ok(`disk: ${gigabytes} GB free at ${folder}`);
    return [room, ...(await checkModes(config))];
  } catch (error) {
    return [fault(`disk: ${folder} cannot be written (${error instanceof Error ? error.message : String(error)})`)];
  }
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
