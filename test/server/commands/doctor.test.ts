import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer, type WorkspaceConfig } from '../../../src/server/index.ts';
import { identityKey, siteKey, workspace } from '../../helpers.ts';
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

const bank = (origins: string[], identity = {}): WorkspaceConfig[] => [
  { id: workspace, name: 'Bank', siteKeys: [{ key: siteKey, origins }], identityKeys: [identityKey], ...identity },
];

describe('waymark doctor', () => {
  it('finds nothing to mend where all is well', async () => {
    let relay = '';
    const page = await aPage(
      () => `<html><script async src="${relay}/waymark.js" data-key="${siteKey}"></script></html>`,
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
  });

  it('tells what a page does wrong: no script, an unknown key, a policy that stops it, words that are blocked', async () => {
    const { file } = aConfigFile({ workspaces: bank(['https://www.bank.test']) });
    const doctor = async (page: string) => (await run(['doctor', '--config', file, '--page', page])).out.join('\n');
    const script = (key: string) => `<script src="https://events.other.test/waymark.js" data-key='${key}'></script>`;
    expect(await doctor(await aPage(() => '<html></html>'))).toMatch(/fault +page: .* no script tag/);
    expect(await doctor(await aPage(() => script('pk_unknown_key')))).toMatch(
      /fault +page: its data-key pk_unknown_key is not known/,
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

  it('names every fault of the configuration', async () => {
    const { file } = aConfigFile({ listen: { port: 70_000 } });
    expect(await run(['doctor', '--config', file])).toMatchObject({
      status: 1,
      out: [expect.stringMatching(/^fault +configuration: listen\.port: expected a port/)],
    });
  });
});
