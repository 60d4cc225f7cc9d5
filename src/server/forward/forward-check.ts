// Checks the `forward` section of a configuration.
import { maxHoldDays, regions } from '../../delivery/index.ts';
import { type Check, isCount, isListOf, isOneOf, isPositive, isText } from '../check.ts';

/** Notes every fault. Destinations name a workspace that is configured, each once by name. */
export function checkForward(config: Check, workspaces: readonly Check[]): void {
  const names = new Set<unknown>();
  for (const destination of config.list('forward')) {
    checkDestination(destination);
    destination.may('workspace', (id) => workspaces.some((one) => one.has('id', id)), 'the id of a workspace above');
    destination.may('name', (name) => names.size < names.add(name).size, 'a name that no other destination has');
  }
}

function checkDestination(destination: Check): void {
  destination.only(
    'name',
    'workspace',
    'region',
    'workspaceId',
    'credentials',
    'perMinute',
    'concurrency',
    'timeoutMs',
    'rules',
    'identity',
    'maxTries',
    'lost',
  );
  destination.needs('name', (value) => /^[a-z0-9-]{1,40}$/i.test(String(value)), 'letters, digits and hyphens');
  destination.needs('workspace', isText, 'the id of a workspace');
  destination.needs('region', isRegion, `one of ${regions.join(', ')}, or an https URL`);
  destination.needs('workspaceId', isText, 'the id of the workspace at JDS');
  destination.may('perMinute', isPositiveCount, 'a number of calls a minute');
  destination.may('concurrency', isPositiveCount, 'a number of calls at once');
  destination.may('timeoutMs', isPositive, 'a number of milliseconds');
  destination.may('identity', isOneOf('verified', 'joined', 'none'), 'verified, joined or none');
  destination.may('maxTries', isPositiveCount, 'a number of tries');
  checkCredentials(destination.inner('credentials', true));
  checkRules(destination.inner('rules'));
  const lost = destination.inner('lost');
  lost.only('lookUpAfterMs', 'again', 'never');
  lost.may('lookUpAfterMs', (value) => isListOf(isCount)(value) && (value as []).length > 0, 'a list of milliseconds');
  for (const name of ['again', 'never']) lost.may(name, isListOf(isText), 'a list of event types');
}

function checkCredentials(credentials: Check): void {
  if (!credentials.exists) return;
  if (credentials.has('tokenService')) {
    credentials.only('tokenService', 'refreshMinutes');
    credentials.may('refreshMinutes', isPositive, 'a number of minutes');
    const service = credentials.inner('tokenService');
    service.only('url', 'passphrase', 'name');
    service.needs('url', isSecureUrl, 'an https URL');
    service.secret('passphrase', isText, 'a passphrase');
    service.may('name', isText, 'a name');
  } else if (credentials.has('serviceApp')) {
    credentials.only('serviceApp', 'manager', 'apiUrl');
    credentials.may('apiUrl', isSecureUrl, 'an https URL');
    const app = credentials.inner('serviceApp');
    app.only('applicationId', 'clientId', 'clientSecret', 'targetOrgId');
    for (const name of ['applicationId', 'clientId', 'targetOrgId']) app.needs(name, isText, 'an id');
    app.secret('clientSecret', isText, 'a secret');
    const manager = credentials.inner('manager', true);
    if (manager.exists) checkToken(manager);
  } else {
    checkToken(credentials);
  }
}

/** A token, or what refreshes one. */
function checkToken(credentials: Check): void {
  if (credentials.has('refreshToken')) {
    credentials.only('clientId', 'clientSecret', 'refreshToken', 'tokenUrl');
    credentials.needs('clientId', isText, 'an id');
    for (const name of ['clientSecret', 'refreshToken']) credentials.secret(name, isText, 'a secret');
    credentials.may('tokenUrl', isSecureUrl, 'an https URL');
  } else {
    credentials.only('token');
    credentials.secret('token', isText, 'a token, or instead of it refreshToken, serviceApp or tokenService');
  }
}

function checkRules(rules: Check): void {
  rules.only('send', 'holdDays', 'allow', 'deny', 'sample', 'coalesce');
  rules.may('send', isOneOf('known', 'all'), 'known or all');
  rules.may(
    'holdDays',
    (value) => isPositive(value) && Number(value) <= maxHoldDays,
    `a number of days up to ${maxHoldDays}`,
  );
  for (const name of ['allow', 'deny']) rules.may(name, isListOf(isText), 'a list of event types such as webvisit*');
  rules.may('sample', (value) => isPositive(value) && Number(value) <= 1, 'a share above 0 and up to 1');
  const coalesce = rules.inner('coalesce');
  coalesce.only('types', 'minutes');
  if (coalesce.exists) coalesce.needs('types', isListOf(isText), 'a list of event types such as webvisit*');
  coalesce.may('minutes', isPositive, 'a number of minutes');
}

function isPositiveCount(value: unknown): boolean {
  return isCount(value) && Number(value) > 0;
}

function isRegion(value: unknown): boolean {
  return regions.includes(value as string) || isSecureUrl(value);
}

/** Tokens do not go over a network in clear. */
function isSecureUrl(value: unknown): boolean {
  return (
    isText(value) && /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(value) && URL.canParse(value)
  );
}
