// The customer's own icon map (jds-contract 7.5): the keys are patterns, of those that match the last wins. A map is
// configuration from elsewhere and an event's words come from visitors, so the work of a pattern is bounded: at most two
// repetitions and none of a group, tried on 64 characters. What asks for more is compared as plain text.
import { isObject } from '../protocol/index.ts';
import type { IconChoice, IconRule } from './icon-map.ts';

const maxRules = 300;

/** `choose` knows the drawings and colours that there are. Empty where the map is none. */
export function readOwnIcons(map: unknown, choose: (name: string, colour: unknown) => IconChoice): IconRule[] {
  const given = isObject(map) ? Object.entries(map).slice(-maxRules) : [];
  return given.flatMap(([key, value]) =>
    isObject(value) ? [{ fits: createMatcher(key), choice: choose(String(value['name'] ?? ''), value['color']) }] : [],
  );
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
