import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerConfig } from '../../src/server/index.ts';
import { aConfig, aFolder, anEvent, aServer, aToken, collect, outcomes, siteKey, until } from '../helpers.ts';
import { aConfigFile } from './commands/run.ts';

const metricsToken = 'token-of-prometheus';
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

function watched(): Partial<ServerConfig> {
  const [bank] = aConfig(aFolder()).workspaces;
  if (!bank) throw new Error('the test configuration has a workspace');
  const serverKeys = [
    ...(bank.serverKeys ?? []),
    { name: 'prometheus', token: metricsToken, scopes: ['cjp:config_read' as const] },
  ];
  return { workspaces: [{ ...bank, serverKeys }] };
}

async function metricsOf(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  expect(response.status).toBe(200);
  return response.text();
}

describe('operating a server', () => {
  it('says that it lives and that it takes events', async () => {
    const { url } = await aServer();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('shows its numbers to those who hold a key for them, and to nobody else', async () => {
    const { url } = await aServer(watched());
    const ask = (headers = {}) => fetch(`${url}/metrics`, { headers }).then(({ status }) => status);
    expect(await ask()).toBe(401);
    expect(await ask({ authorization: `Bearer ${siteKey}` })).toBe(401);
    expect(await ask({ authorization: 'Bearer desk-token-of-the-tests' })).toBe(403);
  });

  it('counts requests, events, claims, refusals and what pages lost, by browser', async () => {
    const { url } = await aServer(watched());
    const secret = { temporarysecret: 's' };
    const claim = { identity: 'rue@example.com', identitytype: 'email', previousidentity: 'visitor-1' } as const;
    await outcomes(url, [anEvent(secret), anEvent({ ...claim }), anEvent({ type: 'task:new' })]);
    await outcomes(url, [
      anEvent({ ...secret, ...claim, identitytoken: await aToken('visitor-1', { identity: 'rue@example.com' }) }),
    ]);
    await collect(url, [], { key: 'pk_unknown_key' });
    const foreign = { method: 'POST', headers: { origin: 'https://elsewhere.test' }, body: '[]' };
    expect((await fetch(`${url}/collect?key=${siteKey}`, foreign)).status).toBe(403);
    const told = async (counters: string) =>
      fetch(`${url}/collect?key=${siteKey}&counters=${counters}`, {
        method: 'POST',
        headers: { 'user-agent': chrome },
        body: JSON.stringify([anEvent(secret)]),
      });
    await told('10.1.0.0');
    await told('15.2.3.0');
    const metrics = (await metricsOf(url)).split('\n').filter((line) => line.startsWith('waymark_'));
    for (const line of [
      'waymark_collect_requests_total{status="202",code="none"} 4',
      'waymark_collect_requests_total{status="401",code="unknown-key"} 1',
      'waymark_collect_requests_total{status="403",code="wrong-origin"} 1',
      'waymark_collect_events_total{result="refused",code="type-reserved"} 1',
      'waymark_identity_claims_total{mode="enforce",outcome="no-token"} 1',
      'waymark_identity_claims_total{mode="enforce",outcome="proven"} 1',
      'waymark_page_events_total{browser="chromium",what="made"} 15',
      'waymark_page_events_total{browser="chromium",what="dropped"} 2',
      'waymark_store_ok 1',
      'waymark_store_sequence 5',
    ]) {
      expect(metrics.filter((one) => one.slice(0, 24) === line.slice(0, 24))).toContain(line);
    }
  });

  it.each(['enforce', 'report', 'off'] as const)(
    'counts what became of claims where verification is %s',
    async (verify) => {
      const { workspaces = [] } = watched();
      const { url } = await aServer({ workspaces: workspaces.map((one) => ({ ...one, identity: { verify } })) });
      const claim = async (who: string, identity: string, identitytoken?: string) =>
        outcomes(url, [
          anEvent({ identity: who, temporarysecret: `secret-of-${who}` }),
          anEvent({
            identity,
            identitytype: 'email',
            previousidentity: who,
            ...(identitytoken !== undefined && { identitytoken }),
          }),
        ]);
      await claim('v1', 'ann@example.com');
      await claim('v2', 'bob@example.com', 'no token at all');
      await claim('v3', 'eve@example.com', await aToken('v3', { identity: 'eve@example.com' }));
      await claim('v4', 'test@test.com', await aToken('v4', { identity: 'test@test.com' }));
      const counted = (await metricsOf(url)).match(/^waymark_identity_claims_total\{.*$/gm);
      expect(counted?.sort()).toEqual(
        ['bad-token', 'blocked', 'no-token', 'proven'].map(
          (outcome) => `waymark_identity_claims_total{mode="${verify}",outcome="${outcome}"} 1`,
        ),
      );
    },
  );

  it('makes no label of what a sender writes', async () => {
    const { url } = await aServer(watched());
    const before = (await metricsOf(url)).split('\n').length;
    for (let index = 0; index < 50; index++) {
      const made = `made-up-${index}`;
      await outcomes(url, [anEvent({ type: made, source: made, identity: made, temporarysecret: made })], {
        counters: made,
        consent: made,
      });
      await fetch(`${url}/${made}?key=${made}`, { headers: { 'user-agent': made, origin: `https://${made}.test` } });
      await collect(url, [], { key: made });
    }
    const after = await metricsOf(url);
    expect(after).not.toContain('made-up');
    expect(after.split('\n').length - before).toBeLessThan(30);
  });

  it('logs with ids and without identities, secrets, tokens and queries, answers what is under way, and stops', async () => {
    const { file } = aConfigFile({ ...watched(), log: 'info' });
    const child = spawn(process.execPath, [join('dist', 'lib', 'server', 'cli.js'), 'serve', '--config', file], {
      env: { ...process.env, WAYMARK_PORT: '0' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let log = '';
    child.stdout.on('data', (chunk) => {
      log += chunk;
    });
    child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    const url = await until('the server listens', () => /waymark is listening on (\S+)/.exec(log)?.[1], 30_000);
    const hidden = ['ruegreen', 'secret-of-visitor', 'visitor-1', 'desk-token'];
    const claim = anEvent({
      temporarysecret: 'secret-of-visitor',
      identity: 'ruegreen@example.com',
      identitytype: 'email',
      previousidentity: 'visitor-1',
      identitytoken: await aToken('visitor-1'),
    });
    await outcomes(url, [claim]);
    await fetch(`${url}/collect?key=pk_unknown&who=ruegreen@example.com`, {
      method: 'POST',
      headers: { origin: 'https://evil.test' },
      body: JSON.stringify([claim]),
    });
    await fetch(`${url}/collect?key=${siteKey}`, {
      method: 'POST',
      body: `{"identity":"ruegreen@example.com\\n{\\"level\\":50}"`,
    });
    await fetch(
      `${url}/v1/api/events/workspace-id/64f000000000000000000001?identity=ruegreen@example.com&bearerToken=desk-token-of-the-tests`,
    );
    await fetch(`${url}/ruegreen@example.com`);
    const last = collect(url, [anEvent({ temporarysecret: 's', identity: 'late' })]);
    await last;
    child.kill('SIGTERM');
    const [status] = await once(child, 'exit');
    expect(status).toBe(0);
    const lines = log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ requestId: expect.any(String), code: 'unknown-key', origin: 'https://evil.test' }),
    );
    for (const word of hidden) expect(log).not.toContain(word);
    expect(log).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });
});
