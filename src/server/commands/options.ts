// Reads a command's options, and its configuration where it has one: `--config FILE` or WAYMARK_CONFIG, and every single
// setting as a flag or in the environment.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { readConfig, type ServerConfig } from '../config.ts';
import { settings } from '../settings.ts';
import { type CommandContext, CommandError } from './command.ts';

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

type Options = NonNullable<ParseArgsConfig['options']>;

/** Throws a CommandError where the options are not those of the command. */
export function readOptions(args: string[], options: Options): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

export const configOptions: Options = {
  config: { type: 'string' },
  ...Object.fromEntries(settings.map(({ flag }) => [flag, { type: 'string' as const }])),
};

/** Throws an Error that names the option and what was expected. */
export function configOf(values: Values, { environment }: Pick<CommandContext, 'environment'>): ServerConfig {
  return readConfig(textOf(values, 'config') ?? environment['WAYMARK_CONFIG'], { environment, flags: values });
}

/** Where the server of this configuration is reached from its own machine. Throws a CommandError where nobody can know. */
export function serverUrlOf({ listen: { host = '127.0.0.1', port } }: ServerConfig): string {
  if (port === 0) throw new CommandError('--url: expected the address of the server, for listen.port is 0');
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Throws a CommandError where the option is missing. */
export function needText(values: Values, name: string): string {
  const value = textOf(values, name);
  if (value === undefined || value === '') throw new CommandError(`--${name}: expected a value`);
  return value;
}

export function listOf(values: Values, name: string): string[] | undefined {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** `90d`, `24h`, `30m` or `60s` in milliseconds. Throws a CommandError for anything else. */
export function durationOf(values: Values, name: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d+)([dhms])$/.exec(text) ?? [];
  const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 }[unit];
  if (unitMs === undefined)
    throw new CommandError(`--${name}: expected a duration such as 90d, 24h or 30m, got ${text}`);
  return Number(count) * unitMs;
}
