import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer, type WorkspaceConfig } from '../../../src/server/index.ts';
import { aFolder, anEvent, collect, read, siteOrigin, workspace } from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

const bare: WorkspaceConfig[] = [{ id: workspace, name: 'Bank' }];
const secret = { temporarysecret: 'secret-of-visitor-1' };

async function aKey(file: string, ...args: string[]): Promise<string> {
  const { out } = await run(['keys', ...args, '--config', file, '--workspace', workspace]);
  return out[0] ?? '';
}

describe('waymark backup', () => {
  it('copies a running server into a folder from which another one starts, with its keys and dead letters', async () => {
    const { file, config } = aConfigFile({ workspaces: bare });
    const key = await aKey(file, 'add-site', '--origin', siteOrigin, '--type', 'webvisit');
    const token = await aKey(file, 'add-server', '--name', 'desk', '--scope', 'cjp:user');
    const server = await startServer(config);
    onTestFinished(() => server.close());
    const refused = anEvent({ ...secret, type: 'cartAdded' });
    expect((await collect(server.url, [anEvent(secret), refused], { key })).status).toBe(202);

    const to = join(aFolder(), 'backup');
    expect(await run(['backup', '--config', file, '--to', to])).toMatchObject({ status: 0, wrong: [] });
    await collect(server.url, [anEvent({ ...secret, id: 'too late' })], { key });
    for (const made of [to, join(to, 'waymark.db'), config.database, `${config.database}-wal`]) {
      expect(statSync(made).mode & 0o077, made).toBe(0);
    }

    const restored = aConfigFile({ workspaces: bare, database: join(to, 'waymark.db') });
    const again = await startServer(restored.config);
    onTestFinished(() => again.close());
    const journey = await read(again.url, `/v1/api/events/workspace-id/${workspace}?identity=visitor-1`, token);
    expect(journey).toMatchObject({ status: 200, body: { data: [{ type: 'webvisit' }] } });
    expect((await run(['retry', '--config', restored.file, '--list'])).out).toEqual([
      expect.stringMatching(/type-not-allowed\tcartAdded/),
    ]);
  });

  it('copies a server that is stopped, and leaves nothing half behind', async () => {
    const { file, config } = aConfigFile();
    const to = join(aFolder(), 'backup');
    expect(await run(['backup', '--config', file, '--to', to])).toMatchObject({
      status: 1,
      wrong: [expect.stringContaining(config.database), expect.stringContaining('usage')],
    });
    const server = await startServer(config);
    await server.close();
    const before = readFileSync(config.database);
    expect((await run(['backup', '--config', file, '--to', to])).status).toBe(0);
    expect(readFileSync(config.database).equals(before)).toBe(true);
    expect(readdirSync(join(to, '..'))).toEqual(['backup']);
    expect(readdirSync(to).sort()).toEqual(['waymark.db', 'waymark.db.dead-letters', 'waymark.db.seal']);
  });

  it('goes over no folder that is there', async () => {
    const { file, config } = aConfigFile();
    await (await startServer(config)).close();
    const to = join(aFolder(), 'backup');
    mkdirSync(to);
    expect(await run(['backup', '--config', file, '--to', to])).toMatchObject({
      status: 1,
      wrong: [expect.stringMatching(/--to: .*backup exists/), expect.stringContaining('usage')],
    });
    expect(existsSync(join(to, 'waymark.db'))).toBe(false);
  });
});
