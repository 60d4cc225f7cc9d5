// Placeholders in the body of a webhook: `{{identity}}`, `{{data.category}}`, `{{result}}`. Values come from events, so
// from strangers: inside a JSON string they are escaped for it, elsewhere they become a JSON value of their own. Whatever
// they hold, the body keeps the shape that its author gave it.
import type { Json } from '../../protocol/index.ts';

export type Lookup = (name: string) => Json | undefined;

const placeholder = /\{\{\s*([^{}]{1,200}?)\s*\}\}/y;

/** A value may stand in many places, and strangers choose its length: no body grows by more characters than this. */
const maxFilledIn = 500_000;

/** What is unknown becomes empty inside a string, and null elsewhere; so does what finds no room. */
export function fillIn(text: string, lookup: Lookup): string {
  let filled = '';
  let room = maxFilledIn;
  let inString = false;
  for (let at = 0; at < text.length; ) {
    placeholder.lastIndex = at;
    const found = text[at] === '{' ? placeholder.exec(text) : null;
    if (found) {
      const value = render(lookup(found[1] ?? ''), inString);
      const fits = value.length <= room;
      if (fits) room -= value.length;
      filled += fits ? value : render(undefined, inString);
      at += found[0].length;
      continue;
    }
    const character = text[at] ?? '';
    const pair = inString && character === '\\' ? text.slice(at, at + 2) : character;
    if (character === '"') inString = !inString;
    filled += pair;
    at += pair.length;
  }
  return filled;
}

function render(value: Json | undefined, inString: boolean): string {
  if (!inString) return JSON.stringify(value ?? null);
  const text = value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

/** Whether a body is JSON once it is filled in. */
export function isJsonBody(text: string): boolean {
  try {
    JSON.parse(fillIn(text, () => null));
    return true;
  } catch {
    return false;
  }
}
