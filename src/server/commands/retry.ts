// `waymark retry`: sends dead letters again after the cause was mended, through the front door: the same key, the same
// secret and token, the same checks. What is refused again becomes a new letter; what cannot be sent stays.

import { encodeBatchUrl, parseAnswer } from '../../protocol/index.ts';
import { createDeadLetters, type DeadLetter } from '../../relay/index.ts';
import { filesOf } from '../config.ts';
import { sealingKey } from '../sealing-key.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, durationOf, readOptions, serverUrlOf, textOf, type Values } from './options.ts';

const batchEvents = 50;

export const retry: Command = {
  what: 'sends dead letters again, after what refused them was mended',
  usage: `waymark retry --config FILE [--list] [--code C] [--type T] [--source S] [--key pk_…] [--since 24h] [--id LETTER] [--url URL]`,
  async run({ args, environment, print, now }) {
    const { values } = readOptions(args, {
      ...configOptions,
      list: { type: 'boolean' },
      code: { type: 'string' },
      type: { type: 'string' },
      source: { type: 'string' },
      key: { type: 'string' },
      since: { type: 'string' },
      id: { type: 'string' },
      url: { type: 'string' },
    });
    const config = configOf(values, { environment });
    const files = filesOf(config);
    const letters = createDeadLetters({ folder: files.letters, sealingKey: sealingKey(files.seal) });
    const chosen = letters.list().filter(filterOf(values, now()));
    if (values['list'] === true) {
      for (const { id, at, code, type, source, key } of chosen) {
        print([id, new Date(at).toISOString(), code, type, source, key].join('\t'));
      }
      return 0;
    }
    const endpoint = textOf(values, 'url') ?? `${serverUrlOf(config)}${config.collect?.path ?? '/collect'}`;
    let sent = 0;
    for (const run of runsOf(chosen)) {
      const settled = await send(run, endpoint, now);
      await letters.settle(settled);
      sent += settled.length;
    }
    print(`${sent} of ${chosen.length} sent again`);
    return sent === chosen.length ? 0 : 1;
  },
};

function filterOf(values: Values, now: number): (letter: DeadLetter) => boolean {
  const since = now - (durationOf(values, 'since') ?? now);
  const wanted = (['id', 'code', 'type', 'source', 'key'] as const).flatMap((name) => {
    const value = textOf(values, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return (letter) => letter.at >= since && wanted.every(([name, value]) => letter[name] === value);
}

/** Letters that may share a request: one key, and one distance between the page's clock and ours. */
function runsOf(letters: readonly DeadLetter[]): DeadLetter[][] {
  const runs: DeadLetter[][] = [];
  for (const letter of letters) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    const fits = run && first && first.key === letter.key && first.sent === letter.sent && first.at === letter.at;
    if (fits && run.length < batchEvents) run.push(letter);
    else runs.push([letter]);
  }
  return runs;
}

/** Returns the ids of letters that were answered for good. Waits where the relay says so, three times at most. */
async function send(run: readonly DeadLetter[], endpoint: string, now: () => number): Promise<string[]> {
  const [first] = run;
  if (!first) return [];
  // The page's clock as it would be now, so that the same correction comes out (decision 0003).
  const sent = first.sent === 'deferred' ? first.sent : Math.max(0, now() - (first.at - first.sent));
  const url = encodeBatchUrl(endpoint, { key: first.key, sent });
  for (let attempt = 1; ; attempt++) {
    const response = await post(url, JSON.stringify(run.map(({ event }) => event)));
    const waitSeconds = Number(response.headers.get('retry-after') ?? 1);
    if ((response.status === 429 || response.status === 503) && attempt < 3) {
      await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1000));
      continue;
    }
    const answer = response.status === 202 ? parseAnswer(await response.text()) : undefined;
    if (!answer) throw new CommandError(`${endpoint} answered ${response.status}; what was not sent is still there`);
    return answer.results.flatMap(({ index, result }) => (result === 'retry' ? [] : [run[index]?.id ?? []].flat()));
  }
}

async function post(url: string, body: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`the relay cannot be reached (${reason}); what was not sent is still there`);
  }
}
