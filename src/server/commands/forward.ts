// `waymark forward`: what forwarding does, and how it is stopped, started and made to try again, while the server runs.
import type { Buried, Doubt, DryRun, ForwardStatus } from '../../delivery/index.ts';
import { filesOf } from '../config.ts';
import { operatorToken } from '../forward/operator-token.ts';
import { sealingKey } from '../sealing-key.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, durationOf, listOf, readOptions, serverUrlOf, textOf } from './options.ts';

const actions = ['status', 'pause', 'resume', 'retry', 'buried', 'doubts', 'dry-run'];

export const forward: Command = {
  what: "shows and steers forwarding to Cisco's Journey Data Service",
  usage: `waymark forward ${actions.join('|')} --config FILE [--name DESTINATION] [--since 24h] [--id N …] [--url URL]`,
  async run({ args, environment, print, now }) {
    const { values, positionals } = readOptions(args, {
      ...configOptions,
      name: { type: 'string' },
      since: { type: 'string' },
      id: { type: 'string', multiple: true },
      url: { type: 'string' },
    });
    const [action = 'status'] = positionals;
    if (!actions.includes(action)) throw new CommandError(`expected one of ${actions.join(', ')}, got ${action}`);
    const config = configOf(values, { environment });
    const names = (config.forward ?? []).map(({ name }) => name);
    if (names.length === 0) throw new CommandError('forward: no destination is configured');
    const ask = createAsk(
      textOf(values, 'url') ?? serverUrlOf(config),
      operatorToken(sealingKey(filesOf(config).seal)),
    );
    const chosen = textOf(values, 'name');
    if (action === 'status') {
      const all = (await ask('GET', '/forward')) as ForwardStatus[];
      for (const status of all.filter(({ name }) => chosen === undefined || name === chosen))
        printStatus(status, now(), print);
      return 0;
    }
    const name = chosen ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined) throw new CommandError(`--name: expected one of ${names.join(', ')}`);
    const path = `/forward/${encodeURIComponent(name)}/${action}`;
    const sinceMs = durationOf(values, 'since');
    if (action === 'retry') {
      const ids = listOf(values, 'id')?.map(Number);
      const filter = { ...(ids && { ids }), ...(sinceMs !== undefined && { buriedAfter: now() - sinceMs }) };
      const { count } = (await ask('POST', path, filter)) as { count: number };
      print(`${count} sent again`);
    } else if (action === 'buried') {
      for (const { id, sequence, why } of (await ask('GET', path)) as Buried[]) print([id, sequence, why].join('\t'));
    } else if (action === 'doubts') {
      for (const { kind, id, type, at } of (await ask('GET', path)) as Doubt[])
        print([kind, new Date(at).toISOString(), type, id].join('\t'));
    } else if (action === 'dry-run') {
      const hours = (sinceMs ?? 86_400_000) / 3_600_000;
      printDryRun((await ask('GET', `${path}?hours=${hours}`)) as DryRun, print);
    } else {
      printStatus((await ask('POST', path)) as ForwardStatus, now(), print);
    }
    return 0;
  },
};

type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>;

function createAsk(url: string, token: string): Ask {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = { method, headers, ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }) };
    const response = await fetch(url + path, request).catch((error: Error) => {
      const reason = error.cause instanceof Error ? error.cause.message : error.message;
      throw new CommandError(`the server cannot be reached at ${url} (${reason}); is it running?`);
    });
    if (!response.ok)
      throw new CommandError(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return response.json();
  };
}

function printStatus(status: ForwardStatus, now: number, print: (line: string) => void): void {
  const { oldestAt, lastError } = status;
  print(`${status.name}: ${status.state}${status.reason === undefined ? '' : ` (${status.reason.slice(0, 200)})`}`);
  print(`  waiting ${status.waiting}${oldestAt === undefined ? '' : `, the oldest for ${spanOf(now - oldestAt)}`}`);
  print(`  granted ${status.grantedPerMinute} a minute, drained in ${spanOf(status.drainMs)}`);
  print(`  sent ${status.sent} since the start, in flight ${status.inFlight}, buried ${status.buried}`);
  print(`  possibly twice ${status.possiblyTwice}, possibly lost ${status.possiblyLost}`);
  if (status.cutJourneys > 0) print(`  journeys too long to go as a whole: ${status.cutJourneys}`);
  if (lastError) print(`  last error ${new Date(lastError.at).toISOString()}: ${lastError.why.slice(0, 200)}`);
}

function printDryRun(run: DryRun, print: (line: string) => void): void {
  for (const [type, { seen, wouldSend }] of Object.entries(run.byType)) print(`${type}: ${wouldSend} of ${seen}`);
  print(`all: ${run.wouldSend} of ${run.seen}${run.isCut ? ' (there was more to read)' : ''}`);
  print(`${run.perMinute.toFixed(1)} a minute, ${run.busiestPerMinute.toFixed(1)} in the busiest hour`);
  print(`sending them takes ${spanOf(run.takesMs)}: ${run.fits ? 'it fits' : 'more than may go; narrow the rules'}`);
}

/** `3d 4h`, `5m 20s`: the two largest units. */
function spanOf(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  let left = Math.max(0, ms);
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return parts.slice(0, 2).join(' ') || '0s';
}
