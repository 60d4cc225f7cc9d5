import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer, type WorkspaceConfig } from '../../../src/server/index.ts';
import { aFolder, identityKey, siteKey, workspace } from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

/** A page of the site; returns its origin. */
async function aPage(html: (origin: string) => string, headers: Record<string, string> = {}): Promise<string> {
  let origin = '';
  const server = createServer((_request, response) => response.writeHead(200, headers).end(html(origin)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

/** What stands in front of a relay and changes the headers of its answers. */
async function aFront(relay: string, change: (headers: Headers) => void): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { origin = '' } = request.headers;
    const answer = await fetch(`${relay}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { origin },
      ...(request.method === 'POST' && { body: Buffer.concat(chunks) }),
    });
    const headers = new Headers(answer.headers);
    change(headers);
    for (const name of ['date', 'access-control-allow-origin']) {
      const value = headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bank = (origins: string[], identity = {}): WorkspaceConfig[] => [
  { id: workspace, name: 'Bank', siteKeys: [{ key: siteKey, origins }], identityKeys: [identityKey], ...identity },
];

describe('waymark doctor', () => {
  it('finds nothing to mend where all is well', async () => {
    let relay = '';
    const page = await aPage(
      () =>
        `<html><script async src="${relay}/waymark-call-code.js"></script>
        <script async src="${relay}/waymark.js" data-key="${siteKey}" data-endpoint="${relay}/in"></script></html>`,
    );
    const { file, config } = aConfigFile({ workspaces: bank([page]), collect: { path: '/in' } });
    const server = await startServer(config);
    onTestFinished(() => server.close());
    relay = server.url;
    const { status, out } = await run(['doctor', '--config', file, '--url', server.url, '--page', page]);
    expect([status, out.filter((line) => !line.startsWith('ok'))]).toEqual([
      0,
      [expect.stringMatching(/^warning +relay: .* no https/)],
    ]);
    expect(out.join('\n')).toContain(`pages of ${page} may send`);
    expect(out.join('\n')).toMatch(/^ok +clock: /m);
    expect(out.join('\n')).toContain(`page: its events arrive at ${server.url}/in`);
  });

  it('tells a page that sends where the relay does not listen, and how to say so in the tag', async () => {
    let relay = '';
    const page = await aPage(() => `<script async src="${relay}/waymark.js" data-key="${siteKey}"></script>`);
    const { file, config } = aConfigFile({ workspaces: bank([page]), collect: { path: '/in' } });
    const server = await startServer(config);
    onTestFinished(() => server.close());
    relay = server.url;
    const { status, out } = await run(['doctor', '--config', file, '--url', server.url, '--page', page]);
    expect([status, out.filter((line) => line.startsWith('fault'))]).toEqual([
      1,
      [
        expect.stringMatching(
          /page: it sends to .*\/collect, which answered 404; .* data-endpoint="http:\/\/127.*\/in"/,
        ),
      ],
    ]);
  });

  it('asks for no rotation of what was just rotated', async () => {
    const { file } = aConfigFile({ workspaces: bank(['https://www.bank.test']) });
    const desk = ['--config', file, '--workspace', workspace, '--name', 'desk'];
    await run(['keys', 'add-server', ...desk, '--scope', 'cjp:user', '--expires', '10d']);
    expect((await run(['doctor', '--config', file])).out.join('\n')).toMatch(/^warning +keys: Bank: desk expires/m);
    await run(['keys', 'rotate', ...desk]);
    expect((await run(['doctor', '--config', file])).out.join('\n')).toMatch(/^ok +keys: Bank/m);
  });

  it('tells what a page does wrong: no script, an unknown key, a policy that stops it, words that are blocked', async () => {
    const { file } = aConfigFile({ workspaces: bank(['https://www.bank.test']) });
    const doctor = async (page: string) => (await run(['doctor', '--config', file, '--page', page])).out.join('\n');
    const script = (key: string) => `<script src="https://events.other.test/waymark.js" data-key='${key}'></script>`;
    expect(await doctor(await aPage(() => '<html></html>'))).toMatch(/fault +page: .* no script tag/);
    expect(await doctor(await aPage(() => script('pk_unknown_key')))).toMatch(
      /fault +page: its data-key pk_unknown_key is not known/,
    );
    const wildcard = aConfigFile({ workspaces: bank(['https://*.bank.test']) });
    const elsewhere = await aPage(() => script(siteKey));
    expect((await run(['doctor', '--config', wildcard.file, '--page', elsewhere])).out.join('\n')).toMatch(
      /fault +page: its key does not allow http:\/\/127/,
    );
    const policy = { 'content-security-policy': "default-src 'self'; script-src 'self' https://events.other.test" };
    const told = await doctor(await aPage(() => script(siteKey), policy));
    expect(told).toMatch(/fault +page: its key does not allow http:\/\/127/);
    expect(told).toMatch(/fault +page: .* stops sending; add https:\/\/events\.other\.test to connect-src/);
    expect(told).not.toMatch(/stops the script/);
    expect(told).toMatch(/warning +page: events\.other\.test is another site/);
    expect(told).toMatch(/warning +page: filter lists know words such as \/collect/);
    const meta = `<meta http-equiv="Content-Security-Policy" content="script-src 'none'">${script(siteKey)}`;
    expect(await doctor(await aPage(() => meta))).toMatch(/stops the script/);
  });

  it('warns of keys that expire, let too much in, or are missing, and of a relay that is away', async () => {
    const { file } = aConfigFile({
      workspaces: [
        ...bank(['null', 'http://www.bank.test'], {
          identity: { verify: 'off' },
          identityKeys: [{ ...identityKey, expiresAt: new Date(Date.now() + 86_400_000).toISOString() }],
        }),
        { id: '64f000000000000000000002', name: 'Empty' },
      ],
    });
    const { status, out } = await run(['doctor', '--config', file, '--url', 'http://127.0.0.1:1']);
    expect(status).toBe(1);
    for (const message of [
      /verify is off/,
      /origin null/,
      /without https/,
      /test expires/,
      /Empty: no site key/,
      /Empty: no identity key/,
      /fault +relay: .*cannot be reached/,
    ]) {
      expect(out.join('\n')).toMatch(message);
    }
  });

  it('tells a clock that is wrong from one that is right, on either side, and answers that pages cannot read', async () => {
    const { file, config } = aConfigFile({ workspaces: bank(['https://www.bank.test']) });
    const server = await startServer(config);
    onTestFinished(() => server.close());
    const doctor = async (change: (headers: Headers) => void) =>
      (await run(['doctor', '--config', file, '--url', await aFront(server.url, change)])).out.join('\n');
    const shifted = (ms: number) => (headers: Headers) => headers.set('date', new Date(Date.now() + ms).toUTCString());
    expect(await doctor(shifted(0))).toMatch(/^ok +clock: /m);
    const late = await doctor(shifted(3_600_000));
    expect(Number(/^warning +clock: (-?\d+) ms .*NTP/m.exec(late)?.[1])).toBeGreaterThan(3_500_000);
    const early = await doctor(shifted(-3_600_000));
    expect(Number(/^warning +clock: (-?\d+) ms .*NTP/m.exec(early)?.[1])).toBeLessThan(-3_500_000);
    expect(await doctor((headers) => headers.delete('access-control-allow-origin'))).toMatch(
      /^fault +relay: pages of https:\/\/www\.bank\.test cannot read the answer/m,
    );
  });

  it('looks at the disk: a folder that is not there, and secrets that others can read', async () => {
    const away = aConfigFile({ database: join(aFolder(), 'missing', 'waymark.db') });
    const { status, out } = await run(['doctor', '--config', away.file]);
    expect([status, out.join('\n')]).toEqual([1, expect.stringMatching(/^fault +disk: .*missing cannot be written/m)]);
    const { file, config } = aConfigFile();
    for (const [name, text] of [
      ['keys.json', '{"version":1,"keys":{}}'],
      ['seal', ''],
    ]) {
      writeFileSync(`${config.database}.${name}`, text ?? '');
      chmodSync(`${config.database}.${name}`, 0o644);
    }
    writeFileSync(config.database, '');
    chmodSync(config.database, 0o644);
    const told = (await run(['doctor', '--config', file])).out.join('\n');
    expect(told).toMatch(/^warning +disk: .*keys\.json can be read by others/m);
    expect(told).toMatch(/^warning +disk: .*seal can be read by others/m);
    expect(told).toMatch(/^warning +disk: .*waymark\.db can be read by others/m);
    expect(told).toMatch(/disk: \d+\.\d GB free/);
  });

  it('names every fault of the configuration', async () => {
    const { file } = aConfigFile({ listen: { port: 70_000 } });
    expect(await run(['doctor', '--config', file])).toMatchObject({
      status: 1,
      out: [expect.stringMatching(/^fault +configuration: listen\.port: expected a port/)],
    });
  });
});
