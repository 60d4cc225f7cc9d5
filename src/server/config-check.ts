// Checks a configuration once, at start: every fault is named with its place, what was expected and what came. A member
// that is no option is a fault too: a misspelt limit would be no limit.
import { createPublicKey } from 'node:crypto';
import { isScope, scopes } from '../access/index.ts';
import { isNetwork } from '../delivery/index.ts';
import { identitytypes, isIdentitytype, isObject, isTimestamp } from '../protocol/index.ts';
import {
  type Check,
  createCheck,
  isBoolean,
  isCount,
  isDomain,
  isListOf,
  isOneOf,
  isPath,
  isPort,
  isPositive,
  isText,
} from './check.ts';
import type { ServerConfig } from './config.ts';
import { checkForward } from './forward/forward-check.ts';

/** Returns the value as a configuration, or throws an Error that lists every fault with its place. */
export function checkConfig(value: unknown): ServerConfig {
  const faults: string[] = [];
  const check = createCheck(isObject(value) ? value : {}, '', faults);
  check.only(
    'listen',
    'database',
    'keys',
    'pages',
    'workspaces',
    'log',
    'collect',
    'limits',
    'deadLetters',
    'webhooks',
    'forward',
  );
  const listen = check.inner('listen', true);
  listen.only('host', 'port', 'stopDelayMs');
  listen.needs('port', isPort, 'a port from 0 to 65535');
  listen.may('host', isText, 'a host name or address');
  listen.may('stopDelayMs', isCount, 'a number of milliseconds');
  check.needs('database', isText, 'the path of a SQLite file');
  check.may('keys', isText, 'the path of a file');
  check.may('pages', isText, 'the path of a folder');
  check.may('log', isOneOf('silent', 'error', 'info'), 'silent, error or info');
  checkCollect(check.inner('collect'));
  checkLimits(check.inner('limits'));
  checkWebhooks(check.inner('webhooks'));
  const letters = check.inner('deadLetters');
  letters.only('folder', 'maxBytes', 'maxAgeDays');
  letters.may('folder', isText, 'the path of a folder');
  letters.may('maxBytes', isCount, 'a number of bytes');
  letters.may('maxAgeDays', isCount, 'a number of days');
  const workspaces = check.list('workspaces');
  if (workspaces.length === 0) faults.push('workspaces: expected at least one workspace');
  for (const workspace of workspaces) checkWorkspace(workspace);
  checkForward(check, workspaces);
  if (faults.length > 0) throw new Error(`configuration: ${faults.join('; ')}`);
  return value as unknown as ServerConfig;
}

function checkCollect(collect: Check): void {
  collect.only('path', 'trustedProxies', 'bodyTimeoutMs', 'browser', 'bots', 'address', 'cookie');
  collect.may('path', isPath, 'a path such as /collect');
  collect.may('trustedProxies', isCount, 'a number of proxies, 0 for none');
  collect.may('bodyTimeoutMs', isPositive, 'a number of milliseconds');
  collect.may('browser', isBoolean, 'true or false');
  collect.may('bots', isOneOf('off', 'mark', 'refuse'), 'off, mark or refuse');
  collect.may('address', isOneOf('none', 'truncated'), 'none or truncated');
  const cookie = collect.inner('cookie');
  cookie.only('domain');
  cookie.may('domain', isDomain, 'a domain such as example.com');
}

function checkLimits(limits: Check): void {
  const counts = ['maxPending', 'maxBodyBytes', 'maxEvents', 'maxConnections'] as const;
  limits.only('key', 'visitor', 'address', ...counts);
  for (const name of ['key', 'visitor', 'address'] as const) {
    const rate = limits.inner(name);
    rate.only('perSecond', 'burst');
    if (rate.exists) {
      rate.needs('perSecond', isPositive, 'a number of events a second');
      rate.needs('burst', isPositive, 'a number of events at once');
    }
  }
  for (const name of counts) limits.may(name, isPositive, 'a number above 0');
}

function checkWebhooks(webhooks: Check): void {
  const counts = ['timeoutMs', 'concurrency', 'maxCalls', 'pauseFrom', 'maxFiresPerDay', 'maxHops'] as const;
  webhooks.only('allow', 'retryDelaysMs', ...counts);
  const isNetworkText = (value: unknown): boolean => isText(value) && isNetwork(value);
  webhooks.may('allow', isListOf(isNetworkText), 'a list of networks such as 10.1.0.0/16');
  webhooks.may('retryDelaysMs', isListOf(isCount), 'a list of milliseconds');
  const isWhole = (value: unknown): boolean => isPositive(value) && isCount(value);
  for (const name of counts) webhooks.may(name, isWhole, 'a whole number above 0');
}

function checkWorkspace(workspace: Check): void {
  workspace.only(
    'id',
    'name',
    'organizationId',
    'siteKeys',
    'serverKeys',
    'identityKeys',
    'tokenIssuers',
    'identity',
    'dataRetentionDays',
  );
  workspace.needs('id', (value) => /^[0-9a-f]{24}$/.test(String(value)), '24 hexadecimal digits');
  workspace.needs('name', isText, 'a name');
  workspace.may('organizationId', isText, 'a UUID');
  for (const siteKey of workspace.list('siteKeys')) checkSiteKey(siteKey);
  for (const serverKey of workspace.list('serverKeys')) checkServerKey(serverKey);
  for (const identityKey of workspace.list('identityKeys')) checkIdentityKey(identityKey);
  for (const issuer of workspace.list('tokenIssuers')) checkTokenIssuer(issuer);
  workspace.may('dataRetentionDays', isPositive, 'a number of days above 0');
  const identity = workspace.inner('identity');
  identity.only('verify', 'unboundTokens');
  identity.may('verify', isOneOf('enforce', 'report', 'off'), 'enforce, report or off');
  identity.may('unboundTokens', isBoolean, 'true or false');
}

function checkSiteKey(siteKey: Check): void {
  siteKey.only('key', 'origins', 'sources', 'types', 'identitytypes', 'limits', 'expiresAt');
  siteKey.needs('key', (value) => /^pk_[\w-]{8,}$/.test(String(value)), 'pk_ and at least 8 letters or digits');
  siteKey.needs('origins', isListOf(isOrigin), 'a list of origins such as https://www.example.com');
  siteKey.may('sources', isListOf(isText), 'a list of sources such as example.com:*');
  siteKey.may('types', isListOf(isText), 'a list of event types');
  siteKey.may('identitytypes', isListOf(isIdentitytype), `a list of ${identitytypes.join(', ')}`);
  siteKey.may('expiresAt', isTimestamp, 'an RFC 3339 time');
  const limits = siteKey.inner('limits');
  limits.only('eventsPerSecond', 'burst', 'bytesPerDay');
  for (const name of ['eventsPerSecond', 'burst', 'bytesPerDay']) limits.may(name, isPositive, 'a number above 0');
}

function checkServerKey(serverKey: Check): void {
  serverKey.only('name', 'token', 'sha256', 'scopes', 'expiresAt');
  serverKey.needs('name', isText, 'a name');
  if (!serverKey.has('sha256')) {
    serverKey.secret('token', (value) => isText(value) && value.length >= 16, 'a secret of at least 16 characters');
  }
  serverKey.may('sha256', (value) => /^[0-9a-f]{64}$/.test(String(value)), '64 hexadecimal digits');
  serverKey.needs('scopes', isListOf(isScope), `a list of ${scopes.join(', ')}`);
  serverKey.may('expiresAt', isTimestamp, 'an RFC 3339 time');
}

function checkIdentityKey(identityKey: Check): void {
  identityKey.only('kid', 'alg', 'secret', 'expiresAt');
  identityKey.needs('kid', isText, 'a key id');
  identityKey.needs('alg', isOneOf('HS256', 'ES256'), 'HS256 or ES256');
  const fits = identityKey.has('alg', 'ES256') ? isPublicKey : (value: unknown) => isText(value) && value.length >= 32;
  identityKey.secret('secret', fits, 'a secret of at least 32 characters, or with ES256 a public P-256 key as PEM');
  identityKey.may('expiresAt', isTimestamp, 'an RFC 3339 time');
}

function checkTokenIssuer(issuer: Check): void {
  issuer.only('issuer', 'audience', 'jwksUrl', 'publicKey', 'algorithms');
  issuer.needs('issuer', isText, 'the iss of its tokens');
  issuer.needs('audience', isText, 'the aud of its tokens');
  if (!issuer.has('publicKey')) issuer.needs('jwksUrl', isKeySetUrl, 'an https URL, or publicKey as PEM');
  issuer.may('publicKey', isText, 'a public key as PEM');
  // Never a symmetric one: a public key must not serve as a secret.
  const algorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const;
  issuer.may('algorithms', isListOf(isOneOf(...algorithms)), `a list of ${algorithms.join(', ')}`);
}

function isKeySetUrl(value: unknown): boolean {
  return isText(value) && /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(value) && URL.canParse(value);
}

/** `null` is what sandboxed frames and pages from files send. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (value === 'null') return true;
  const literal = value.replace('://*.', '://wildcard.');
  return !literal.includes('*') && URL.canParse(literal) && new URL(literal).origin === literal;
}

function isPublicKey(value: unknown): boolean {
  try {
    return isText(value) && createPublicKey(value).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
