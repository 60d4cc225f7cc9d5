import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startServer, type WorkspaceConfig } from '../../../src/server/index.ts';
import {
  aFolder,
  anEvent,
  aToken,
  collect,
  historyOf,
  identityKey,
  outcomes,
  siteKey,
  siteOrigin,
  workspace,
} from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

const bank = (types: string[]): WorkspaceConfig[] => [
  {
    id: workspace,
    name: 'Bank',
    siteKeys: [{ key: siteKey, origins: [siteOrigin], types }],
    serverKeys: [{ name: 'desk', token: 'desk-token-of-the-tests', scopes: ['cjp:user'] }],
    identityKeys: [identityKey],
  },
];
const secret = { temporarysecret: 'secret-of-visitor-1' };

describe('dead letters', () => {
  it('are sent again as they came once the key allows them, with the same proof and the same time', async () => {
    const folder = aFolder();
    const strict = aConfigFile({ workspaces: bank(['webvisit']) }, folder);
    let server = await startServer(strict.config);
    const login = anEvent({
      type: 'webvisitLogin',
      identity: 'ruegreen@example.com',
      identitytype: 'email',
      previousidentity: 'visitor-1',
      identitytoken: await aToken('visitor-1'),
      time: new Date(Date.now() - 60_000).toISOString(),
    });
    const batch = [anEvent(secret), login, anEvent({ type: 'webvisitMortgage' })];
    expect(await outcomes(server.url, batch)).toEqual(['ok', 'refused type-not-allowed', 'refused type-not-allowed']);
    await server.close();

    server = await startServer(aConfigFile({ workspaces: bank(['webvisit*']) }, folder).config);
    const { file } = strict;
    const { out } = await run(['retry', '--config', file, '--list', '--code', 'type-not-allowed']);
    expect(out).toHaveLength(2);
    const url = ['--url', `${server.url}/collect`];
    expect(await run(['retry', '--config', file, ...url, '--type', 'webvisitMortgage'])).toMatchObject({
      status: 0,
      out: ['1 of 1 sent again'],
    });
    expect(await run(['retry', '--config', file, ...url])).toMatchObject({ status: 0, out: ['1 of 1 sent again'] });
    expect((await run(['retry', '--config', file, '--list'])).out).toEqual([]);

    const history = await historyOf(server.url, 'ruegreen@example.com');
    expect(history.map(({ type }) => type).sort()).toEqual(['webvisit', 'webvisitLogin', 'webvisitMortgage']);
    expect(history.find(({ type }) => type === 'webvisitLogin')?.time).toBe(login.time);
    await server.close();
  });

  it('mend a claim whose key was missing: sent again after the key is there, it joins, and the event is not doubled', async () => {
    const folder = aFolder();
    const [site] = bank(['webvisit*']);
    const without = aConfigFile({ workspaces: [{ ...site, identityKeys: [] } as WorkspaceConfig] }, folder);
    let server = await startServer(without.config);
    const login = anEvent({
      type: 'webvisitLogin',
      identity: 'ruegreen@example.com',
      identitytype: 'email',
      previousidentity: 'visitor-1',
      identitytoken: await aToken('visitor-1'),
    });
    const { identitytoken: _token, ...untold } = login;
    const said = { ...untold, id: 'said-before' };
    expect(await outcomes(server.url, [anEvent(secret), said, login])).toEqual([
      'ok',
      'ok identity-unproven',
      'ok identity-unproven',
    ]);
    expect(await historyOf(server.url, 'ruegreen@example.com')).toEqual([]);
    const retry = ['retry', '--config', without.file, '--url', `${server.url}/collect`];
    // While the key is still missing it stays a letter.
    expect((await run(retry)).status).toBe(0);
    await server.close();
    expect((await run(['retry', '--config', without.file, '--list'])).out).toEqual([
      expect.stringContaining('identity-unproven'),
    ]);

    server = await startServer(aConfigFile({ workspaces: [site as WorkspaceConfig] }, folder).config);
    const url = ['--url', `${server.url}/collect`];
    expect(await run(['retry', '--config', without.file, ...url, '--code', 'identity-unproven'])).toMatchObject({
      status: 0,
      out: ['1 of 1 sent again'],
    });
    const history = await historyOf(server.url, 'ruegreen@example.com');
    expect(history.map(({ type }) => type).sort()).toEqual(['webvisit', 'webvisitLogin', 'webvisitLogin']);
    await server.close();
    expect((await run(['retry', '--config', without.file, '--list'])).out).toEqual([]);
  });

  it('that are refused again stay letters, and those of which the relay is away too', async () => {
    const folder = aFolder();
    const { file, config } = aConfigFile({ workspaces: bank(['webvisit']) }, folder);
    const server = await startServer(config);
    await outcomes(server.url, [anEvent({ ...secret, type: 'webvisitMortgage' })]);
    const url = ['--url', `${server.url}/collect`];
    expect((await run(['retry', '--config', file, ...url])).status).toBe(0);
    await server.close();
    expect((await run(['retry', '--config', file, '--list'])).out).toHaveLength(1);
    const { status, wrong } = await run(['retry', '--config', file, ...url]);
    expect([status, wrong[0]]).toEqual([1, expect.stringMatching(/cannot be reached.*still there/)]);
    expect((await run(['retry', '--config', file, '--list'])).out).toHaveLength(1);
  });

  it('show neither identity nor secret nor token to those who read the folder', async () => {
    const folder = aFolder();
    const { config } = aConfigFile({ workspaces: bank(['webvisit']) }, folder);
    const server = await startServer(config);
    const claim = { identity: 'ruegreen@example.com', identitytype: 'email', previousidentity: 'visitor-1' } as const;
    const identitytoken = await aToken('visitor-1');
    await outcomes(server.url, [anEvent(secret), anEvent({ ...claim, type: 'webvisitLogin', identitytoken })]);
    await server.close();
    const letters = `${config.database}.dead-letters`;
    const text = readdirSync(letters)
      .map((name) => readFileSync(join(letters, name), 'utf8'))
      .join('');
    expect(text).toContain('webvisitLogin');
    for (const hidden of ['ruegreen', 'visitor-1', secret.temporarysecret, identitytoken])
      expect(text).not.toContain(hidden);
  });

  it('hold nothing of a person who was erased, and still what others sent', async () => {
    const folder = aFolder();
    const [site] = bank(['webvisit']);
    const writer = { name: 'admin', token: 'admin-token-of-the-tests', scopes: ['cjp:config_write' as const] };
    const { file, config } = aConfigFile(
      { workspaces: [{ ...site, serverKeys: [writer] } as WorkspaceConfig] },
      folder,
    );
    const server = await startServer(config);
    const other = { identity: 'visitor-2', temporarysecret: 'secret-of-visitor-2', type: 'webvisitOther' };
    const login = anEvent({
      type: 'webvisitLogin',
      identity: 'RueGreen@example.com',
      identitytype: 'email',
      previousidentity: 'visitor-1',
    });
    await outcomes(server.url, [anEvent(secret), anEvent({ type: 'webvisitMortgage' }), login, anEvent(other)]);
    const token = await aToken('visitor-3', { identity: 'visitor-1', identitytype: 'customerId' });
    await outcomes(server.url, [anEvent({ ...other, identitytoken: token })]);
    const header = { authorization: `Bearer ${writer.token}` };
    const base = `${server.url}/admin/v1/api/person/workspace-id/${workspace}`;
    const found = await fetch(`${base}/aliases/visitor-1`, { headers: header });
    const { data } = (await found.json()) as { data: { id: string }[] };
    const erased = await fetch(`${base}/person-id/${data[0]?.id}/erase`, { method: 'POST', headers: header });
    expect(erased.status).toBe(200);
    const { out } = await run(['retry', '--config', file, '--list']);
    expect(out.map((line) => line.split('\t')[3])).toEqual(['webvisitOther']);
    // Not only left out of the list: the files hold one letter, and new ones still find their place.
    const files = `${config.database}.dead-letters`;
    const lines = () =>
      readdirSync(files).flatMap((name) => readFileSync(join(files, name), 'utf8').trim().split('\n'));
    expect(lines()).toHaveLength(1);
    await outcomes(server.url, [anEvent(other)]);
    await server.close();
    expect(lines()).toHaveLength(2);
  });

  it('are bounded: what does not fit is refused all the same', async () => {
    const { config } = aConfigFile({ workspaces: bank(['webvisit']), deadLetters: { maxBytes: 2000 } });
    const server = await startServer(config);
    for (let index = 0; index < 20; index++)
      await collect(server.url, [anEvent({ ...secret, type: 'webvisitMortgage' })]);
    await server.close();
    const letters = `${config.database}.dead-letters`;
    const bytes = readdirSync(letters).reduce((sum, name) => sum + readFileSync(join(letters, name)).length, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(2000);
  });
});
