// Forwarding in a running server: configured in the file, seen and steered by `waymark forward` and in the metrics.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ServerConfig, startServer } from '../../../src/server/index.ts';
import { aConfig, aFolder, anEvent, aServer, aToken, historyOf, outcomes, until, workspace } from '../../helpers.ts';
import { aConfigFile, run } from '../commands/run.ts';

const token = 'token-of-the-forwarder';

/** Another server in the place of Cisco's. */
async function theirs(): Promise<string> {
  const [bank] = aConfig(aFolder()).workspaces;
  if (!bank) throw new Error('the test configuration has a workspace');
  const serverKeys = [...(bank.serverKeys ?? []), { name: 'forward', token, scopes: ['cjp:config_write' as const] }];
  return (await aServer({ workspaces: [{ ...bank, serverKeys }] })).url;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ours(region: string, more: Partial<NonNullable<ServerConfig['forward']>[number]> = {}) {
  const destination = { name: 'cisco', workspace, region, workspaceId: workspace, credentials: { token }, ...more };
  const { file, config } = aConfigFile({ listen: { port: await freePort() }, forward: [destination] });
  const server = await startServer(config);
  onTestFinished(() => server.close());
  const forward = (...args: string[]) => run(['forward', ...args, '--config', file]);
  return { url: server.url, file, config, forward };
}

async function visitAndLogin(url: string): Promise<void> {
  const secret = { temporarysecret: 's' };
  const identitytoken = await aToken('visitor-1');
  const login = { identity: 'ruegreen@example.com', identitytype: 'email', previousidentity: 'visitor-1' } as const;
  const results = await outcomes(url, [
    anEvent(secret),
    anEvent({ ...secret, ...login, identitytoken, type: 'webvisitLogin' }),
  ]);
  expect(results).toEqual(['ok', 'ok']);
}

describe('a server that forwards', () => {
  it('sends the journey of who logs in, tells its state, pauses and goes on', async () => {
    const there = await theirs();
    const { url, forward } = await ours(there);
    await visitAndLogin(url);
    const arrived = () => historyOf(there, 'ruegreen@example.com');
    await until('both events are there', async () => (await arrived()).length === 2);
    // Nothing that is only ours.
    expect(JSON.stringify(await arrived())).not.toMatch(/temporarysecret|identitytoken/);
    await until('the state tells it', async () =>
      (await forward('status')).out.includes('  sent 2 since the start, in flight 0, buried 0'),
    );
    const { out } = await forward('pause');
    expect(out[0]).toBe('cisco: paused');
    await outcomes(url, [anEvent({ temporarysecret: 's', data: { taskId: 'web-1' } })]);
    await until('it waits', async () =>
      (await forward('status')).out.some((line) => /waiting 1, the oldest for/.test(line)),
    );
    expect(await arrived()).toHaveLength(2);
    expect((await forward('dry-run', '--since', '24h')).out).toEqual([
      'webvisit: 2 of 2',
      'webvisitLogin: 1 of 1',
      'all: 3 of 3',
      expect.stringMatching(/ a minute, .* in the busiest hour$/),
      expect.stringMatching(/^sending them takes 1s: it fits$/),
    ]);
    expect((await forward('resume')).out[0]).toBe('cisco: running');
    await until('the third arrived', async () => (await arrived()).length === 3);
  });

  it('lists what was refused, and sends it again', async () => {
    const there = await theirs();
    // Our service knows only its own workspace: another id is a 404, which blocks and buries nothing.
    const { url, forward } = await ours(there, { workspaceId: '64f0000000000000000000ff' });
    await visitAndLogin(url);
    await until('it is blocked', async () =>
      /^cisco: blocked \(HTTP 40\d/.test((await forward('status')).out[0] ?? ''),
    );
    expect((await forward('buried')).out).toEqual([]);
    expect((await forward('doubts')).out).toEqual([]);
    expect((await forward('retry')).out).toEqual(['0 sent again']);
  });

  it('lets only operators in', async () => {
    const { url, file } = await ours(await theirs());
    const ask = (headers = {}) => fetch(`${url}/forward`, { headers }).then(({ status }) => status);
    expect(await ask()).toBe(401);
    expect(await ask({ authorization: 'Bearer op_guess' })).toBe(401);
    expect(await ask({ authorization: 'Bearer desk-token-of-the-tests' })).toBe(401);
    const refused = await fetch(`${url}/forward/cisco/pause`, {
      method: 'POST',
      headers: { authorization: 'Bearer op_guess' },
    });
    expect(refused.status).toBe(401);
    expect(await run(['forward', 'sideways', '--config', file])).toMatchObject({
      status: 1,
      wrong: [expect.stringMatching(/^expected one of status, pause/), expect.stringMatching(/^usage/)],
    });
    expect((await run(['forward', 'status', '--config', file, '--url', 'http://127.0.0.1:1'])).wrong[0]).toMatch(
      /cannot be reached .* is it running/,
    );
  });

  it('shows its numbers to Prometheus', async () => {
    const there = await theirs();
    const destination = { name: 'cisco', workspace, region: there, workspaceId: workspace, credentials: { token } };
    const config = aConfig(aFolder(), { forward: [destination] });
    const serverKeys = [{ name: 'prometheus', token: 'token-of-prometheus', scopes: ['cjp:config_read' as const] }];
    const [bank] = config.workspaces;
    const server = await startServer({ ...config, workspaces: bank ? [{ ...bank, serverKeys }] : [] });
    onTestFinished(() => server.close());
    const metrics = async () => {
      const headers = { authorization: 'Bearer token-of-prometheus' };
      return (await fetch(`${server.url}/metrics`, { headers })).text();
    };
    await visitAndLogin(server.url);
    await until('two were sent', async () => (await metrics()).includes('waymark_forward_sent{destination="cisco"} 2'));
    for (const name of ['waiting', 'buried', 'possibly_twice', 'possibly_lost', 'blocked', 'drain_seconds'])
      expect(await metrics()).toContain(`waymark_forward_${name}{destination="cisco"} 0`);
    expect(await metrics()).toContain('waymark_forward_up{destination="cisco"} 1');
    expect(await metrics()).toContain('waymark_forward_granted_per_minute{destination="cisco"} 180');
  });

  it('names every fault of its configuration, and shows no secret', async () => {
    const faulty = {
      name: 'no spaces',
      workspace: 'unknown',
      region: 'http://api.example.com',
      credentials: { clientId: 'c', clientSecret: 'hush hush', refreshToken: '' },
      perMinute: 0,
      rules: { send: 'some', sample: 2, holdDays: 90, coalesce: {} },
      lost: { lookUpAfterMs: [] },
      speed: 9,
    };
    const { file } = aConfigFile({ forward: [faulty as never] });
    const { status, wrong } = await run(['forward', 'status', '--config', file]);
    expect(status).toBe(1);
    for (const place of [
      'name',
      'workspace',
      'region',
      'workspaceId',
      'credentials.refreshToken',
      'perMinute',
      'rules.send',
      'rules.sample',
      'rules.holdDays',
      'rules.coalesce.types',
      'lost.lookUpAfterMs',
      'speed',
    ]) {
      expect(wrong[0]).toContain(`forward[0].${place}: `);
    }
    expect(wrong[0]).not.toContain('hush');
  });
});
