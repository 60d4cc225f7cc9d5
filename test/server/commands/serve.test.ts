import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeSecrets } from '../../../demo-site/bank/secrets.mjs';
import { serverConfig } from '../../../demo-site/bank/server-config.mjs';
import { aFolder, until } from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

describe('waymark serve', () => {
  it('refuses the demo’s secrets, which its desk hands to whoever asks on that machine, and names each', async () => {
    const { config } = aConfigFile();
    const demo = serverConfig({
      secrets: makeSecrets(),
      relayPort: 0,
      bankPort: 1,
      database: config.database,
      pages: '',
    });
    const { file } = aConfigFile({ workspaces: demo.workspaces });
    const said = await run(['serve', '--config', file]);
    expect(said.status).not.toBe(0);
    for (const place of ['siteKeys[0]', 'identityKeys[0]', 'serverKeys[0]', 'serverKeys[1]']) {
      expect(said.wrong.join('\n')).toContain(`workspaces[0].${place}`);
    }
    expect(said.wrong.join('\n')).not.toContain('demo_');
  });

  it('prints under which address and integrity each script can be pinned', async () => {
    const pages = aFolder();
    writeFileSync(join(pages, 'waymark.js'), 'let a = 1;');
    const { file } = aConfigFile({ pages });
    const child = spawn(process.execPath, [join('dist', 'lib', 'server', 'cli.js'), 'serve', '--config', file]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const line = /^\/waymark\.js: pinned as (\S+) integrity="(\S+)" crossorigin$/m;
    const [, path, integrity] = await until('the script is printed', () => line.exec(out), 30_000);
    expect(integrity).toBe(`sha384-${createHash('sha384').update('let a = 1;').digest('base64')}`);
    const url = /waymark is listening on (\S+)/.exec(out)?.[1];
    expect(await (await fetch(`${url}${path}`)).text()).toBe('let a = 1;');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('says in its log that the keys file cannot be read any more, and goes on with the keys it has', async () => {
    const { file, config } = aConfigFile({ log: 'error' });
    const child = spawn(process.execPath, [join('dist', 'lib', 'server', 'cli.js'), 'serve', '--config', file]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    await until('the server listens', () => out.includes('listening'), 30_000);
    writeFileSync(`${config.database}.keys.json`, '{ "keys": ');
    await until('the log names the file', () => /"level":50.*keys file .*waymark\.db\.keys\.json/.test(out), 10_000);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('makes them anew at each installation, and binds the demo to this machine', () => {
    const [one, two] = [makeSecrets(), makeSecrets()];
    for (const name of ['siteKey', 'deskToken', 'bankToken'] as const) expect(one[name]).not.toBe(two[name]);
    expect(one.identityKey.secret).not.toBe(two.identityKey.secret);
    const { listen, webhooks } = serverConfig({
      secrets: one,
      relayPort: 4401,
      bankPort: 4400,
      database: 'x',
      pages: 'y',
    });
    expect(listen).toEqual({ host: '127.0.0.1', port: 4401 });
    expect(webhooks).toEqual({ allow: ['127.0.0.1'] });
  });
});
