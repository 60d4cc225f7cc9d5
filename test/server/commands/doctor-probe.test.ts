// `waymark doctor --probe` against our own service, which is set to behave in the ways that Cisco's may.
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import { aProxy, type ProxyOptions } from '../../delivery/jds/proxy.ts';
import { aFolder, workspace } from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

const theirs = '64f00000000000000000c15c';
const token = 'token-of-the-service';

async function doctor(
  behaviour: Partial<ProxyOptions>,
  args: string[] = [],
  more = {},
): Promise<{ status: number; text: string }> {
  const service = await startServer({
    listen: { port: 0 },
    database: `${aFolder()}/theirs.db`,
    log: 'silent',
    workspaces: [
      { id: theirs, name: 'Theirs', serverKeys: [{ name: 'all', token, scopes: ['cjp:config_write', 'cjp:user'] }] },
    ],
  });
  onTestFinished(() => service.close());
  const proxy = await aProxy({ service: service.url, serviceToken: token, now: Date.now, ...behaviour });
  const destination = {
    name: 'cisco',
    workspace,
    region: proxy.url,
    workspaceId: theirs,
    credentials: { token },
    ...more,
  };
  const { file } = aConfigFile({ forward: [destination] });
  const { status, out } = await run(['doctor', '--config', file, '--probe', ...args]);
  return { status, text: out.filter((line) => line.includes('forward cisco: ')).join('\n') };
}

describe('waymark doctor --probe', () => {
  it('finds our own service to be what forwarding hopes for', async () => {
    const { status, text } = await doctor({ keepsDuplicates: false });
    expect(status).toBe(0);
    for (const found of [
      /ok +forward cisco: the token may publish and read/,
      /ok .* an event can be read after \d\.\d s/,
      /ok .* sent twice is kept once/,
      /ok .* previousidentity joins the journeys/,
      /ok .* streams follow a visitor/,
      /ok .* a phone number is found in every form/,
      /proposed settings: \{"lost":\{"lookUpAfterMs":\[\d+,\d+\],"again":\["\*"\]\}\}/,
      /test events are under waymark-probe-[0-9a-f]+, /,
    ]) {
      expect(text).toMatch(found);
    }
    expect(text).not.toContain(token);
  });

  it('measures a service that keeps duplicates, reads late and grants little, and proposes what follows', async () => {
    const { text } = await doctor({ readLagMs: 2_000, perMinute: 100 }, ['--probe-rate']);
    expect(text).toMatch(/warning .* sent twice is kept twice/);
    expect(text).toMatch(/an event can be read after [23]\.\d s/);
    const granted = Number(/(\d+) calls a minute are granted/.exec(text)?.[1]);
    expect(granted).toBeGreaterThan(20);
    expect(granted).toBeLessThan(100);
    expect(text).toContain(`"perMinute":${Math.floor(granted * 0.6)}`);
    expect(text).toMatch(/"lookUpAfterMs":\[(6|7|8|9|10)000,/);
  });

  it('sees where nothing is linked and streams stay with the temporaryId', async () => {
    const alter: ProxyOptions['alter'] = ({ previousidentity: _linked, ...event }) => event;
    const { text } = await doctor({ alter }, ['--patience', '2s']);
    expect(text).toMatch(/warning .* previousidentity joins nothing/);
    expect(text).toMatch(/warning .* a stream of a temporaryId does not show/);
    expect(text).toContain('"identity":"joined"');
  });

  it('says so where reads lag longer than it waits', async () => {
    const { status, text } = await doctor({ readLagMs: 60_000 }, ['--patience', '1s']);
    expect(status).toBe(0);
    expect(text).toMatch(/warning .* could not be read; reads may lag longer/);
    expect(text).not.toContain('proposed settings: {"lost"');
  });

  it('tells in words what is missing or wrong', async () => {
    const noReads = await doctor({ fault: ({ method }) => (method === 'GET' ? { status: 403 } : undefined) });
    expect(noReads.status).toBe(1);
    expect(noReads.text).toMatch(/fault .* lacks a scope: reading events needs cjp:user, cjp:config_read/);
    expect(noReads.text).toMatch(/fault .* lacks a scope: reading persons needs/);
    const noWrites = await doctor({ fault: ({ method }) => (method === 'POST' ? { status: 403 } : undefined) });
    expect(noWrites.text).toMatch(/fault .* publishing needs cjp:config_write/);
    expect((await doctor({}, [], { workspaceId: 'other' })).text).toMatch(
      /fault .* the workspace other is not known there/,
    );
    expect((await doctor({ accepts: () => false })).text).toMatch(/fault .* the token is not taken/);
    expect((await doctor({}, [], { region: 'http://127.0.0.1:1' })).text).toMatch(/fault .* no answer: .*ECONNREFUSED/);
  });

  it('wants a destination', async () => {
    const { file } = aConfigFile();
    expect((await run(['doctor', '--config', file, '--probe'])).wrong[0]).toMatch(/^--probe: expected a destination/);
  });
});
