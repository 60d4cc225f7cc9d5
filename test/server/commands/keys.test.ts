import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAccess, readKeysFile, withKeys } from '../../../src/access/index.ts';
import { startServer } from '../../../src/server/index.ts';
import { anEvent, collect, read, siteOrigin, until, workspace } from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

const server = ['--workspace', workspace, '--name', 'desk 2'];

describe('waymark keys', () => {
  it('makes keys that a running server takes within seconds, and revokes them', async () => {
    const { file, config } = aConfigFile();
    const running = await startServer(config);
    onTestFinished(() => running.close());
    const path = `/v1/api/events/workspace-id/${workspace}?identity=nobody`;

    const {
      out: [token = ''],
    } = await run(['keys', 'add-server', '--config', file, ...server, '--scope', 'cjp:user']);
    expect(token).toMatch(/^sk_[\w-]{43}$/);
    expect((await read(running.url, path, 'sk_nobody-has-this')).status).toBe(401);
    await until('the new token counts', async () => (await read(running.url, path, token)).status === 404);

    const {
      out: [key = ''],
    } = await run(['keys', 'add-site', '--config', file, '--workspace', workspace, '--origin', siteOrigin]);
    const send = async () => (await collect(running.url, [anEvent({ temporarysecret: 's' })], { key })).status;
    await until('the new site key counts', async () => (await send()) === 202);

    expect((await run(['keys', 'revoke', '--config', file, '--workspace', workspace, '--name', key])).out).toEqual([
      '1 revoked',
    ]);
    await until('the revoked key is unknown', async () => (await send()) === 401);
  });

  it('keeps server keys as hashes only, in a file for its owner alone', async () => {
    const { file, config } = aConfigFile();
    const {
      out: [token = ''],
    } = await run(['keys', 'add-server', '--config', file, ...server, '--scope', 'cjp:user']);
    const keysFile = `${config.database}.keys.json`;
    expect(readFileSync(keysFile, 'utf8')).not.toContain(token);
    expect(statSync(keysFile).mode & 0o777).toBe(0o600);
    expect((await run(['keys', 'list', '--config', file])).out).toEqual([`${workspace}\tserver\tdesk 2\tcjp:user`]);
  });

  it('rotates with an overlap: both tokens count, then only the new one', async () => {
    const { file, config } = aConfigFile();
    const {
      out: [first = ''],
    } = await run(['keys', 'add-server', '--config', file, ...server, '--scope', 'cjp:user']);
    const {
      out: [second = ''],
    } = await run(['keys', 'rotate', '--config', file, ...server, '--overlap', '24h']);
    const workspaces = withKeys(
      [
        {
          id: workspace,
          name: 'Bank',
          organizationId: '',
          siteKeys: [],
          serverKeys: [],
          identityKeys: [],
          identity: { verify: 'enforce' },
        },
      ],
      readKeysFile(`${config.database}.keys.json`),
    );
    const known = (token: string, now: number) => createAccess(workspaces, () => now).byBearerToken(token)?.name;
    const tomorrow = Date.now() + 25 * 3_600_000;
    expect([known(first, Date.now()), known(second, Date.now())]).toEqual(['desk 2', 'desk 2']);
    expect([known(first, tomorrow), known(second, tomorrow)]).toEqual([undefined, 'desk 2']);
  });

  it('prints no key that it does not keep', async () => {
    const { file } = aConfigFile();
    const origin = ['--origin', 'https://www.bank.test/'];
    expect(await run(['keys', 'add-site', '--config', file, '--workspace', workspace, ...origin])).toMatchObject({
      status: 1,
      out: [],
    });
  });

  it('writes nothing that would stop the next start, and says what was expected', async () => {
    const { file } = aConfigFile();
    for (const [args, message] of [
      [['add-site', '--workspace', workspace, '--origin', 'bank.test'], /siteKeys\[0\]\.origins.*expected.*https/],
      [['add-server', ...server, '--scope', 'root'], /--scope: expected one of cjp:user/],
      [['add-server', '--workspace', 'x', '--name', 'a', '--scope', 'cjp:user'], /--workspace: .* no workspace x/],
      [['add-site', '--workspace', workspace], /--origin: expected/],
      [['rotate', ...server], /no server key desk 2/],
      [['rotate', ...server, '--overlap', 'soon'], /no server key|--overlap: expected a duration/],
      [['burn'], /expected list, add-site/],
      [['list', '--colour', 'red'], /colour/],
    ] as const) {
      const { status, wrong } = await run(['keys', ...args, '--config', file]);
      expect(status).toBe(1);
      expect(wrong.join('\n')).toMatch(message);
    }
    expect((await run(['keys', 'list', '--config', file])).out).toEqual([]);
  });
});
