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
