// Tokens from each kind of source, gotten in time and once, and never told to anybody but JDS.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realClock } from '../../../src/delivery/index.ts';
import { type CredentialsConfig, createCredentials } from '../../../src/delivery/jds/credentials.ts';
import { createHttpClient } from '../../../src/delivery/jds/http.ts';
import { until } from '../../helpers.ts';
import { noon } from '../../store/values.ts';
import { aStage } from './stage.ts';

interface Asked {
  method: string;
  url: string;
  headers: Record<string, unknown>;
  body: string;
}

/** A token endpoint; the answer may depend on how often it was asked. */
async function anEndpoint(answer: (asked: Asked, count: number) => { status?: number; body: unknown }) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const { status = 200, body } = answer(asked.at(-1) as Asked, asked.length);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function credentialsOf(config: CredentialsConfig, vaulted: { text?: string } = {}) {
  let now = noon;
  const clock = { now: () => now, wait: () => new Promise<void>(() => undefined) };
  const http = createHttpClient(clock);
  onTestFinished(() => http.close());
  const vault = {
    read: async () => vaulted.text,
    write: async (text: string) => {
      vaulted.text = text;
    },
  };
  const credentials = createCredentials(config, { http, clock, timeoutMs: 1_000, vault });
  return {
    ...credentials,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const oauth = (tokenUrl: string) => ({ clientId: 'C1', clientSecret: 'S1', refreshToken: 'R1', tokenUrl });

describe('credentials', () => {
  it('refresh an OAuth token before it expires, once however many ask, and keep a refresh token that was replaced', async () => {
    const { url, asked } = await anEndpoint((_, count) => ({
      body: { access_token: `A${count}`, expires_in: 43_200, refresh_token: `R${count + 1}` },
    }));
    const vault: { text?: string } = {};
    const { token, pass } = credentialsOf(oauth(url), vault);
    expect(await Promise.all([token(), token(), token()])).toEqual(['A1', 'A1', 'A1']);
    expect(asked[0]?.body).toBe('grant_type=refresh_token&client_id=C1&client_secret=S1&refresh_token=R1');
    pass(43_200_000 - 600_001);
    expect(await token()).toBe('A1');
    pass(1);
    expect(await token()).toBe('A2');
    expect(asked[1]?.body).toContain('refresh_token=R2');
    // A restart goes on with the last one; another configured one goes before it.
    expect(await credentialsOf(oauth(url), vault).token()).toBe('A3');
    expect(asked[2]?.body).toContain('refresh_token=R3');
    await credentialsOf({ ...oauth(url), refreshToken: 'new' }, vault).token();
    expect(asked[3]?.body).toContain('refresh_token=new');
  });

  it('serve the old token while a refresh fails, and do not make every call wait for another failure', async () => {
    let isDown = false;
    const { url, asked } = await anEndpoint((_, count) =>
      isDown ? { status: 503, body: {} } : { body: { access_token: `A${count}`, expires_in: 600 } },
    );
    const { token, pass } = credentialsOf(oauth(url));
    await token();
    isDown = true;
    pass(550_000);
    expect([await token(), await token(), await token()]).toEqual(['A1', 'A1', 'A1']);
    expect(asked).toHaveLength(2);
    pass(30_000);
    expect(await token()).toBe('A1');
    expect(asked).toHaveLength(3);
    pass(20_000);
    await expect(token()).rejects.toThrow('answered 503');
    isDown = false;
    expect(await token()).toBe('A5');
  });

  it('fetch another token when one was refused, and one for all who were refused with it', async () => {
    const { url, asked } = await anEndpoint((_, count) => ({ body: { access_token: `A${count}`, expires_in: 600 } }));
    const { token, refused } = credentialsOf(oauth(url));
    await token();
    expect(refused('A1')).toBe(true);
    expect(await token()).toBe('A2');
    expect(refused('A1')).toBe(true);
    expect(await token()).toBe('A2');
    expect(asked).toHaveLength(2);
    expect(credentialsOf({ token: 'static' }).refused('static')).toBe(false);
  });

  it('come from a service app by the token of its manager, which is renewed where it is refused', async () => {
    const { url, asked } = await anEndpoint(({ url: path, headers }, count) => {
      if (path === '/oauth') return { body: { access_token: `manager-${count}`, expires_in: 600 } };
      if (headers['authorization'] === 'Bearer manager-1' && count > 2) return { status: 401, body: {} };
      return { body: { access_token: `service-${count}`, expires_in: 1_000 } };
    });
    const serviceApp = { applicationId: 'app/1', clientId: 'C', clientSecret: 'S', targetOrgId: 'O' };
    const { token, refused } = credentialsOf({ serviceApp, manager: oauth(`${url}/oauth`), apiUrl: url });
    expect(await token()).toBe('service-2');
    expect(asked[1]).toMatchObject({ method: 'POST', url: '/applications/app%2F1/token' });
    expect(JSON.parse(asked[1]?.body ?? '')).toEqual({ clientId: 'C', clientSecret: 'S', targetOrgId: 'O' });
    refused('service-2');
    await expect(token()).rejects.toThrow('the service app answered 401');
    expect(await token()).toBe('service-5');
  });

  it('come from a token service with its passphrase, and again after an hour', async () => {
    const { url, asked } = await anEndpoint((_, count) => ({ body: { status: 'ok', token: `T${count}` } }));
    const { token, pass } = credentialsOf({
      tokenService: { url: `${url}/token`, passphrase: 'open sesame', name: 'jds' },
    });
    expect(await token()).toBe('T1');
    expect(asked[0]).toMatchObject({
      method: 'GET',
      url: '/token?name=jds',
      headers: { 'x-token-passphrase': 'open sesame' },
    });
    pass(3_600_000);
    expect(await token()).toBe('T2');
  });

  it('tell what failed, and nothing of what was sent', async () => {
    const { url } = await anEndpoint(({ body }) => ({ status: 400, body: { error: 'invalid_grant', detail: body } }));
    const failure = await credentialsOf(oauth(url))
      .token()
      .catch((error: Error) => error.message);
    expect(failure).toBe('the token endpoint answered 400 invalid_grant');
    await expect(credentialsOf(oauth('http://127.0.0.1:1')).token()).rejects.toThrow(/gave no answer \(.*ECONNREFUSED/);
    const empty = await anEndpoint(() => ({ body: {} }));
    await expect(credentialsOf(oauth(empty.url)).token()).rejects.toThrow('answered without access_token');
  });
});

describe('a connection', () => {
  it('is closed when it rests: on one that the other side closes first, an answer would be lost', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket: Socket) => sockets.add(socket).size);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = createHttpClient(realClock);
    onTestFinished(() => {
      http.close();
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (let count = 0; count < 3; count++) await http.call({ method: 'GET', url, timeoutMs: 5_000 });
    expect(sockets.size).toBe(1);
    const [socket] = sockets;
    await until('it is closed', () => socket?.destroyed === true);
  });
});

describe('401', () => {
  it('refreshes and goes on after expiry, and buries nothing while no token can be had', async () => {
    const stage = await aStage();
    let issued = 0;
    let isDown = false;
    const { url } = await anEndpoint(() => {
      if (isDown) return { status: 503, body: {} };
      issued += 1;
      return { body: { access_token: `A${issued}`, expires_in: 36_000 } };
    });
    // Revoked long before it said it would expire.
    stage.proxy.options.accepts = (token) => token === `A${issued}` && !(revoked && token === 'A1');
    let revoked = false;
    const forward = await stage.start({ credentials: oauth(url) });
    await stage.login('browser-1', 'ann@example.com');
    await stage.drained(forward);
    revoked = true;
    isDown = true;
    const ids = [];
    for (let count = 0; count < 10; count++) ids.push(await stage.visit('browser-1'));
    await stage.clock.pass(3_600_000);
    expect(await forward.status()).toMatchObject({ state: 'blocked', waiting: 10, buried: 0 });
    expect((await forward.status()).reason).toMatch(/token endpoint answered 503/);
    isDown = false;
    await stage.drained(forward);
    expect(stage.proxy.taken().slice(1).sort()).toEqual(ids.sort());
    expect(await forward.status()).toMatchObject({ state: 'running', possiblyTwice: 0, possiblyLost: 0 });
  });
});
