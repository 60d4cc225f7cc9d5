// Which icon and colour an event has (jds-contract 7.5): the keys of the map are patterns, of those that match the last wins.
// A map is configuration from elsewhere and an event's words come from visitors, so the work of a pattern is bounded:
// at most two repetitions and none of a group, tried on 64 characters. What asks for more is compared as plain text.
import { isObject } from '../protocol/index.ts';
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

interface Rule {
  fits(text: string): boolean;
  choice: IconChoice;
}

const none: IconChoice = { icon: 'meeting', colour: 'gray' };
const maxRules = 300;
const maxTextLength = 64;
const maxRemembered = 1000;

/** `own` is the customer's map as JSON, tried after the default one, so that its rules win. */
export function createIconMap(own?: unknown): IconMap {
  const given = isObject(own) ? Object.entries(own).slice(-maxRules).flatMap(readRule) : [];
  const rules = [...defaultRules, ...given].reverse();
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

function readRule([key, value]: [string, unknown]): Rule[] {
  if (!isObject(value)) return [];
  const colour = typeof value['color'] === 'string' ? value['color'].toLowerCase() : undefined;
  const choice = { icon: drawingFor(String(value['name'] ?? '')), colour: isColour(colour) ? colour : undefined };
  return [{ fits: createMatcher(key), choice }];
}

/** Exported for its test: case-insensitive, as a pattern where that is harmless, else as plain text. */
export function createMatcher(key: string): (text: string) => boolean {
  const plain = key.toLowerCase();
  if (isHarmless(key)) {
    try {
      const pattern = new RegExp(key, 'i');
      return (text) => pattern.test(text);
    } catch {
      // Not a pattern.
    }
  }
  return (text) => text.toLowerCase() === plain;
}

/**
 * Backtracking needs repetitions to be slow: each multiplies the work by the length of the text at most, a repeated group
 * or a reference back without any such bound.
 */
function isHarmless(key: string): boolean {
  const bare = key.replace(/\\[^1-9k]/g, '_').replace(/\[[^\]]*\]/g, '_');
  const repetitions = bare.match(/[*+?{]/g)?.length ?? 0;
  return key.length <= 200 && repetitions <= 2 && !/\)[*+?{]|\\|\(\?/.test(bare);
}

/** Momentum's names (`icon-sms_16`, `email-bold`) and ours, by the words in them. */
function drawingFor(name: string): IconName {
  const words = name.toLowerCase().slice(0, maxTextLength);
  if (isIconName(words)) return words;
  return [...defaultRules].reverse().find(({ fits }) => fits(words))?.choice.icon ?? 'meeting';
}

const rule = (pattern: RegExp, icon: IconName, colour?: string): Rule => ({
  fits: (text) => pattern.test(text),
  choice: { icon, colour },
});

// For keys and for the words in Momentum's names. What the website tells has no colour of its own: yellow for an
// unidentified visitor, green for an identified one.
const defaultRules: readonly Rule[] = [
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
