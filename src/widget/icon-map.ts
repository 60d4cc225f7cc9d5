// Which icon and colour an event has (jds-contract 7.5): by the map that is here, and before it by the customer's own
// (own-icons.ts). Words come from visitors, so only so much of them is looked at.
import { isColour } from './colours.ts';
import { type IconName, isIconName } from './icons.ts';

export interface IconChoice {
  icon: IconName;
  /** Undefined: by whether the visitor is known. */
  colour: string | undefined;
}

export interface IconMap {
  /** For the first key that any pattern matches; a grey meeting where none does. */
  find(keys: readonly string[]): IconChoice;
}

export interface IconRule {
  fits(text: string): boolean;
  choice: IconChoice;
}

const none: IconChoice = { icon: 'meeting', colour: 'gray' };
const maxTextLength = 64;
const maxRemembered = 1000;

/** Of `own` rules the last that fits wins, and wins over the default ones. */
export function createIconMap(own: readonly IconRule[] = []): IconMap {
  const rules = [...defaultRules, ...own].reverse();
  const remembered = new Map<string, IconChoice | undefined>();

  function findOne(key: string): IconChoice | undefined {
    const text = key.slice(0, maxTextLength);
    if (remembered.has(text)) return remembered.get(text);
    const choice = rules.find(({ fits }) => fits(text))?.choice;
    if (remembered.size < maxRemembered) remembered.set(text, choice);
    return choice;
  }

  return {
    find(keys) {
      for (const key of keys) {
        const choice = findOne(key);
        if (choice) return choice;
      }
      return none;
    },
  };
}

/** For a name and colour of a customer's map. */
export function iconChoice(name: string, colour: unknown): IconChoice {
  const wanted = String(colour).toLowerCase();
  return { icon: drawingFor(name), colour: isColour(wanted) ? wanted : undefined };
}

/** Momentum's names (`icon-sms_16`, `email-bold`) and ours, by the words in them. */
function drawingFor(name: string): IconName {
  const words = name.toLowerCase().slice(0, maxTextLength);
  if (isIconName(words)) return words;
  return [...defaultRules].reverse().find(({ fits }) => fits(words))?.choice.icon ?? 'meeting';
}

const rule = (pattern: RegExp, icon: IconName, colour?: string): IconRule => ({
  fits: (text) => pattern.test(text),
  choice: { icon, colour },
});

// For keys and for the words in Momentum's names. What the website tells has no colour of its own: yellow for an
// unidentified visitor, green for an identified one.
const defaultRules: readonly IconRule[] = [
  rule(/activi|analy|task|agent/i, 'activity', 'yellow'),
  rule(/generic|meeting/i, 'meeting', 'gray'),
  rule(/user|people|person|participant/i, 'person'),
  rule(/web|page|visit|globe|multi events/i, 'page'),
  rule(/form|file|document|note|zip|contact|survey|nps|callback/i, 'form'),
  rule(/mortgage|rate|quote|calculat/i, 'rates'),
  rule(/pay|card|cart|wallet/i, 'payment'),
  rule(/complete|check|wrap/i, 'check', 'green'),
  rule(/mad|outage|lockout|error|warn|alert/i, 'warning', 'red'),
  rule(/social|facebook|apple|messenger|imi/i, 'message', 'blue'),
  rule(/chat/i, 'message', 'cobalt'),
  rule(/sms|opt-?in|whatsapp/i, 'message', 'mint'),
  rule(/mail/i, 'email', 'violet'),
  rule(/telephony|voice|call|phone|handset|audio/i, 'phone', 'green'),
  rule(/inbound.?call|incoming/i, 'inbound', 'green'),
  rule(/outbound.?call|outgoing/i, 'outbound', 'green'),
  rule(/video|walk.?in/i, 'meeting', 'cyan'),
  rule(/wrapup/i, 'check', 'red'),
  rule(/(log|sign).?in|identif|identity/i, 'login'),
];
