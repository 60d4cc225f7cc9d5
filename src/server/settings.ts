// Options that may come from three places: a flag goes before the environment, the environment before the file. The
// table is what `waymark help` prints and what the guide is tested against.
import { isObject } from '../protocol/index.ts';

export interface Setting {
  /** Where it stands in the file, with dots. */
  option: string;
  flag: string;
  environment: string;
  kind: 'text' | 'number' | 'json';
  /** One line for the command line. */
  what: string;
}

export const settings: readonly Setting[] = [
  setting('listen.host', 'host', 'text', 'address to listen on (127.0.0.1)'),
  setting('listen.port', 'port', 'number', 'port to listen on'),
  setting(
    'listen.stopDelayMs',
    'stop-delay',
    'number',
    'milliseconds of 503 at /readyz before it stops taking requests (0)',
  ),
  setting('database', 'database', 'text', 'the SQLite file'),
  setting('keys', 'keys', 'text', 'the file that `waymark keys` writes (DATABASE.keys.json)'),
  setting('pages', 'pages', 'text', 'folder of the built waymark.js and widget.js (those of the package)'),
  setting('log', 'log', 'text', 'silent, error or info (info)'),
  setting('workspaces', 'workspaces', 'json', 'the workspaces as JSON'),
  setting('collect.path', 'collect-path', 'text', 'path of the collect endpoint (/collect)'),
  setting('collect.trustedProxies', 'trusted-proxies', 'number', 'proxies whose X-Forwarded-For is believed (0)'),
  setting('collect.browser', 'browser', 'json', 'true: note a coarse class of browser (false)'),
  setting('collect.bots', 'bots', 'text', 'off, mark or refuse (off)'),
  setting('collect.address', 'address', 'text', 'none or truncated (none)'),
];

function setting(option: string, flag: string, kind: Setting['kind'], what: string): Setting {
  return { option, flag, environment: `WAYMARK_${flag.replaceAll('-', '_').toUpperCase()}`, kind, what };
}

export interface Given {
  environment: Record<string, string | undefined>;
  flags: Record<string, unknown>;
}

/** The file's value with what environment and flags say in its place. Throws an Error that names the one that cannot be read. */
export function overlay(value: unknown, { environment, flags }: Given): unknown {
  let merged = value;
  for (const { option, flag, environment: variable, kind } of settings) {
    const fromFlag = flags[flag];
    const text = typeof fromFlag === 'string' ? fromFlag : environment[variable];
    if (text === undefined || text === '') continue;
    const origin = typeof fromFlag === 'string' ? `--${flag}` : variable;
    merged = put(merged, option.split('.'), parse(text, kind, `${option} (${origin})`));
  }
  return merged;
}

function parse(text: string, kind: Setting['kind'], place: string): unknown {
  if (kind === 'text') return text;
  if (kind === 'number') {
    if (!/^-?\d+$/.test(text))
      throw new Error(`configuration: ${place}: expected a whole number, got ${JSON.stringify(text)}`);
    return Number(text);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`configuration: ${place}: expected JSON`);
  }
}

function put(target: unknown, [name = '', ...rest]: string[], value: unknown): unknown {
  const object = isObject(target) ? target : {};
  return { ...object, [name]: rest.length === 0 ? value : put(object[name], rest, value) };
}
