// Runs a command of the command line in this process, with a configuration file in a folder of its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerConfig } from '../../../src/server/index.ts';
import { runCommand } from '../../../src/server/run-command.ts';
import { aConfig, aFolder } from '../../helpers.ts';

export interface Ran {
  status: number;
  /** Lines for people and programs. */
  out: string[];
  /** Lines about what went wrong. */
  wrong: string[];
}

export async function run(args: string[], environment: Record<string, string> = {}): Promise<Ran> {
  const out: string[] = [];
  const wrong: string[] = [];
  const status = await runCommand(args, environment, {
    print: (line) => out.push(line),
    complain: (line) => wrong.push(line),
  });
  return { status, out, wrong };
}

/** Writes a configuration and returns its file. */
export function aConfigFile(
  overrides: Partial<ServerConfig> = {},
  folder: string = aFolder(),
): { file: string; config: ServerConfig } {
  const config = aConfig(folder, overrides);
  const file = join(folder, 'waymark.json');
  writeFileSync(file, JSON.stringify(config));
  return { file, config };
}
