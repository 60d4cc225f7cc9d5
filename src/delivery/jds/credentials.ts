// The bearer token of a destination: gotten when needed, again before it expires, and again when JDS does not take it.
// However many calls ask, one request fetches it. Neither tokens nor secrets stand in any message.
import type { Clock } from './clock.ts';
import { type HttpCall, type HttpClient, NoAnswer } from './http.ts';

export type CredentialsConfig =
  /** A token that somebody else renews; good for trying out. */
  { token: string } | OAuthConfig | ServiceAppConfig | TokenServiceConfig;

/** An integration's refresh token (jds-contract 0.3). */
export interface OAuthConfig {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  /** Default https://webexapis.com/v1/access_token. */
  tokenUrl?: string;
}

/** A service app: its tokens are fetched by an integration with the scope `spark:applications_token`. */
export interface ServiceAppConfig {
  serviceApp: { applicationId: string; clientId: string; clientSecret: string; targetOrgId: string };
  manager: { token: string } | OAuthConfig;
  /** Default https://webexapis.com/v1. */
  apiUrl?: string;
}

/** As Cisco's samples have it: `GET url?name=…` with the header x-token-passphrase answers `{ status, token }`. */
export interface TokenServiceConfig {
  tokenService: { url: string; passphrase: string; name?: string };
  /** The answer does not say how long the token lasts: it is fetched again after so many minutes. Default 60. */
  refreshMinutes?: number;
}

export interface Credentials {
  /** Throws a CredentialsError. */
  token(): Promise<string>;
  /** JDS did not take this token: the next call fetches another. False where there is no other to be had. */
  refused(token: string): boolean;
}

export class CredentialsError extends Error {}

/** Keeps a refresh token that replaced the configured one, sealed, over a restart. */
export interface TokenVault {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

interface Parts {
  http: HttpClient;
  clock: Pick<Clock, 'now'>;
  timeoutMs: number;
  vault?: TokenVault;
}

interface Fetched {
  token: string;
  expiresAt: number;
}

export function createCredentials(config: CredentialsConfig, parts: Parts): Credentials {
  if ('token' in config) return { token: async () => config.token, refused: () => false };
  return createRefreshing(fetcherOf(config, parts), parts.clock);
}

type Fetch = () => Promise<Fetched>;

function fetcherOf(config: Exclude<CredentialsConfig, { token: string }>, parts: Parts): Fetch {
  if ('tokenService' in config) return fromTokenService(config, parts);
  return 'serviceApp' in config ? fromServiceApp(config, parts) : fromOAuth(config, parts);
}

/** After a refresh that failed while the old token is good. */
const refreshAgainMs = 30_000;

function createRefreshing(fetchToken: Fetch, clock: Pick<Clock, 'now'>): Credentials {
  let current: (Fetched & { refreshAt: number }) | undefined;
  let fetching: Promise<string> | undefined;
  const refresh = async (): Promise<string> => {
    const { token, expiresAt } = await fetchToken();
    const lifetimeMs = expiresAt - clock.now();
    current = { token, expiresAt, refreshAt: expiresAt - Math.min(lifetimeMs / 10, 600_000) };
    return token;
  };
  return {
    async token() {
      if (current && clock.now() < current.refreshAt) return current.token;
      fetching ??= refresh().finally(() => {
        fetching = undefined;
      });
      try {
        return await fetching;
      } catch (error) {
        // Tried early so that there is time: until the old one expires it serves on.
        if (!current || clock.now() >= current.expiresAt) throw error;
        // Or every call would wait for a refresh that fails.
        current.refreshAt = Math.min(clock.now() + refreshAgainMs, current.expiresAt);
        return current.token;
      }
    },
    refused(token) {
      // Several calls may have failed with the same one, and another be there already.
      if (current?.token === token) current = undefined;
      return true;
    },
  };
}

function fromTokenService({ tokenService, refreshMinutes = 60 }: TokenServiceConfig, parts: Parts): Fetch {
  const url = new URL(tokenService.url);
  if (tokenService.name !== undefined) url.searchParams.set('name', tokenService.name);
  return async () => {
    const headers = { 'x-token-passphrase': tokenService.passphrase };
    const { token } = await ask(parts, 'token service', { method: 'GET', url: url.href, headers });
    return { token: textOf('token service', 'token', token), expiresAt: parts.clock.now() + refreshMinutes * 60_000 };
  };
}

function fromOAuth(config: OAuthConfig, parts: Parts): Fetch {
  const url = config.tokenUrl ?? 'https://webexapis.com/v1/access_token';
  let refreshToken: string | undefined;
  return async () => {
    refreshToken ??= await restore(config.refreshToken, parts.vault);
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: config.clientId,
      client_secret: config.clientSecret,
      refresh_token: refreshToken,
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await ask(parts, 'token endpoint', { method: 'POST', url, headers, body });
    if (typeof answer['refresh_token'] === 'string' && answer['refresh_token'] !== refreshToken) {
      refreshToken = answer['refresh_token'];
      await parts.vault?.write(JSON.stringify({ configured: config.refreshToken, refreshToken }));
    }
    return fetchedFrom('token endpoint', answer, parts.clock);
  };
}

/** The one that replaced the configured one; a newly configured one goes before it. */
async function restore(configured: string, vault: TokenVault | undefined): Promise<string> {
  const kept = await vault?.read();
  if (kept === undefined) return configured;
  const { configured: replaced, refreshToken } = JSON.parse(kept) as Record<string, string>;
  return replaced === configured && refreshToken ? refreshToken : configured;
}

function fromServiceApp({ serviceApp, manager, apiUrl }: ServiceAppConfig, parts: Parts): Fetch {
  const managing = createCredentials(manager, parts);
  const { applicationId, ...body } = serviceApp;
  const url = `${apiUrl ?? 'https://webexapis.com/v1'}/applications/${encodeURIComponent(applicationId)}/token`;
  return async () => {
    const token = await managing.token();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    try {
      const answer = await ask(parts, 'service app', { method: 'POST', url, headers, body: JSON.stringify(body) });
      return fetchedFrom('service app', answer, parts.clock);
    } catch (error) {
      managing.refused(token);
      throw error;
    }
  };
}

function fetchedFrom(who: string, answer: Record<string, unknown>, clock: Pick<Clock, 'now'>): Fetched {
  const seconds = Number(answer['expires_in']);
  const lifetimeMs = seconds > 0 ? seconds * 1000 : 3_600_000;
  return { token: textOf(who, 'access_token', answer['access_token']), expiresAt: clock.now() + lifetimeMs };
}

async function ask(parts: Parts, who: string, call: Omit<HttpCall, 'timeoutMs'>): Promise<Record<string, unknown>> {
  const answer = await parts.http.call({ ...call, timeoutMs: parts.timeoutMs }).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw new CredentialsError(`the ${who} gave no answer (${error.message})`);
    throw error;
  });
  const body = parse(answer.body);
  if (answer.status === 200) return body;
  // Of the body only the code of the error: the rest might repeat what was sent.
  const code = /^[a-z_]{1,40}$/.test(String(body['error'])) ? ` ${body['error']}` : '';
  throw new CredentialsError(`the ${who} answered ${answer.status}${code}`);
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function textOf(who: string, member: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new CredentialsError(`the ${who} answered without ${member}`);
}
