// An action as somebody posts it: checked whole against its template, each fault named with its path (jds-contract 5).
import {
  type ActionTrigger,
  isObject,
  type JourneyAction,
  type RuleExpression,
  trustLevels,
  webhookVerbs,
} from '../../protocol/index.ts';
import type { CompiledAttribute } from '../profiles/aggregate.ts';
import { createFaults, type Faults } from '../profiles/fault.ts';
import { conditionsOf } from '../profiles/need.ts';
import { type Condition, parseRules } from '../profiles/rule.ts';
import { plainRules } from '../profiles/rule-document.ts';

export type NewAction = Pick<
  JourneyAction,
  'name' | 'rules' | 'cooldownPeriodInMinutes' | 'isActive' | 'actionTriggers' | 'minTrust' | 'maxPerDay'
>;

/** A year: so long the store remembers what fired. */
const maxCooldown = 365 * 24 * 60;
const maxTriggers = 10;
const maxBody = 20_000;

/** Throws 400 with the path of every fault. */
export function parseAction(value: unknown, attributes: readonly CompiledAttribute[]): NewAction {
  const faults = createFaults();
  const body = isObject(value) ? value : {};
  if (!isObject(value)) faults.expected('body', 'an action', value);
  const { name, rules, cooldownPeriodInMinutes: cooldown = 0, isActive = body['active'] ?? true } = body;
  const { minTrust = 'anonymous', maxPerDay, actionTriggers = [] } = body;
  if (!isText(name, 200)) faults.expected('name', 'a text of 1 to 200 characters', name);
  if (typeof isActive !== 'boolean') faults.expected('isActive', 'true or false', isActive);
  if (!isWhole(cooldown, 0, maxCooldown)) {
    faults.expected('cooldownPeriodInMinutes', `a whole number from 0 to ${maxCooldown}`, cooldown);
  }
  const trust = trustLevels.find((level) => level === minTrust);
  if (!trust) faults.expected('minTrust', `one of ${trustLevels.join(', ')}`, minTrust);
  if (maxPerDay !== undefined && !isWhole(maxPerDay, 1, 10_000_000)) {
    faults.expected('maxPerDay', 'a whole number from 1 to 10000000', maxPerDay);
  }
  checkRules(rules, attributes, faults);
  const triggers = parseTriggers(actionTriggers, faults);
  faults.throwAny('action');
  return {
    name: String(name).trim(),
    rules: plainRules(rules) as RuleExpression,
    cooldownPeriodInMinutes: Number(cooldown),
    isActive: Boolean(isActive),
    actionTriggers: triggers,
    minTrust: trust ?? 'anonymous',
    ...(maxPerDay !== undefined && { maxPerDay: Number(maxPerDay) }),
  };
}

/** Each condition has to speak of an attribute: of its event, its member and its mode (jds-contract 5, 9.21). */
function checkRules(rules: unknown, attributes: readonly CompiledAttribute[], faults: Faults): void {
  if (rules === undefined || rules === null) {
    faults.expected('rules', 'rules', rules);
    return;
  }
  for (const condition of conditionsOf(parseRules(rules, 'rules', faults))) {
    if (attributes.some((one) => speaksOf(condition, one))) continue;
    const { event, metaData, mode } = condition;
    faults.expected('rules', 'an event, member and mode of one of the template’s attributes', [event, metaData, mode]);
  }
}

export function speaksOf(condition: Condition, { attribute }: CompiledAttribute): boolean {
  return (
    condition.event === attribute.event &&
    condition.metaData === attribute.metaData &&
    condition.mode === attribute.aggregationMode
  );
}

function parseTriggers(value: unknown, faults: Faults): ActionTrigger[] {
  if (!Array.isArray(value) || value.length > maxTriggers) {
    faults.expected('actionTriggers', `a list of at most ${maxTriggers} triggers`, value);
    return [];
  }
  return value.map((trigger, index) => parseTrigger(trigger, `actionTriggers[${index}]`, faults));
}

function parseTrigger(value: unknown, path: string, faults: Faults): ActionTrigger {
  if (!isObject(value)) faults.expected(path, 'a trigger', value);
  const { type, webhookURL, attributes = {} } = isObject(value) ? value : {};
  if (type !== 'Webhook') faults.expected(`${path}.type`, 'Webhook', type);
  if (!isWebAddress(webhookURL)) {
    faults.expected(`${path}.webhookURL`, 'an http or https URL without user and password', webhookURL);
  }
  if (!isObject(attributes)) faults.expected(`${path}.attributes`, 'an object', attributes);
  const { httpverb = 'post', requestbody, authorizationScheme, authorization } = isObject(attributes) ? attributes : {};
  const verb = webhookVerbs.find((one) => one === String(httpverb).toLowerCase());
  if (!verb) faults.expected(`${path}.attributes.httpverb`, `one of ${webhookVerbs.join(', ')}`, httpverb);
  if (requestbody !== undefined && (typeof requestbody !== 'string' || requestbody.length > maxBody)) {
    faults.expected(`${path}.attributes.requestbody`, `a text of at most ${maxBody} characters`, requestbody);
  }
  // What would end the header line is no credential.
  for (const [name, text] of Object.entries({ authorizationScheme, authorization })) {
    if (text === undefined || text === '' || (isText(text, 4096) && /^[\x20-\x7e]*$/.test(text))) continue;
    faults.expected(`${path}.attributes.${name}`, 'a text of printable ASCII characters', '…');
  }
  return {
    type: 'Webhook',
    webhookURL: String(webhookURL),
    attributes: {
      httpverb: verb ?? 'post',
      ...(typeof requestbody === 'string' && { requestbody }),
      ...(isText(authorizationScheme, 4096) && { authorizationScheme }),
      ...(isText(authorization, 4096) && { authorization }),
    },
  };
}

function isWebAddress(value: unknown): value is string {
  if (!isText(value, 2000) || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}
