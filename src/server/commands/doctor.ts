// `waymark doctor`: looks at what usually goes wrong, one line each: ok, warning or fault, with what to do. Ends with
// status 1 where there is a fault. Changes nothing; only --probe sends test events to where events are forwarded.
import { readKeysFile, withKeys } from '../../access/index.ts';
import { completeWorkspace, filesOf, type ServerConfig } from '../config.ts';
import { checkDisk } from '../doctor/disk.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkKeys } from '../doctor/keys.ts';
import { checkPage } from '../doctor/page.ts';
import { checkForwarding } from '../doctor/probe.ts';
import { checkClock, checkRelay } from '../doctor/reach.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, durationOf, readOptions, textOf, type Values } from './options.ts';

export const doctor: Command = {
  what: 'checks configuration, disk, keys, clock, reachability, and a page of the site',
  usage:
    'waymark doctor --config FILE [--url https://events.example.com] [--page https://www.example.com/] [--probe [--probe-rate] [--patience 30s]]',
  async run({ args, environment, print, now }) {
    const { values } = readOptions(args, {
      ...configOptions,
      url: { type: 'string' },
      page: { type: 'string' },
      probe: { type: 'boolean' },
      'probe-rate': { type: 'boolean' },
      patience: { type: 'string' },
    });
    let config: ServerConfig;
    try {
      config = configOf(values, { environment });
    } catch (error) {
      print(`fault    ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    const findings: Finding[] = [{ level: 'ok', text: 'configuration: every option is known and fits' }];
    const workspaces = withKeys(config.workspaces.map(completeWorkspace), readKeysFile(filesOf(config).keys));
    findings.push(...(await checkDisk(config)), ...checkKeys(workspaces, now()));
    const url = textOf(values, 'url')?.replace(/\/$/, '');
    const path = config.collect?.path ?? '/collect';
    const siteKeys = workspaces.flatMap((workspace) => workspace.siteKeys);
    if (url !== undefined)
      findings.push(...(await checkRelay(url, { path, siteKeys })), ...(await checkClock(url, now)));
    const page = textOf(values, 'page');
    if (page !== undefined)
      findings.push(...(await checkPage(page, { path, siteKeys, ...(url !== undefined && { url }) })));
    if (values['probe'] === true) findings.push(...(await probe(config, values)));
    for (const { level, text } of findings) print(`${level.padEnd(8)} ${text}`);
    return findings.some(({ level }) => level === 'fault') ? 1 : 0;
  },
};

async function probe({ forward = [] }: ServerConfig, values: Values): Promise<Finding[]> {
  if (forward.length === 0)
    throw new CommandError('--probe: expected a destination under forward in the configuration');
  const patienceMs = durationOf(values, 'patience');
  const options = { rate: values['probe-rate'] === true, ...(patienceMs !== undefined && { patienceMs }) };
  const findings: Finding[] = [];
  for (const destination of forward) findings.push(...(await checkForwarding(destination, options)));
  return findings;
}
