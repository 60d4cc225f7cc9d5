// What a site hands over, as JSON and not larger than a relay takes. Members that cannot be written (cyclic, too large,
// getters that throw) are left out and named in `trimmed`; the rest of the event is told.
import type { JsonObject } from '../protocol/index.ts';
import { attempt, parseJson, stringifyJson } from '../protocol/index.ts';

/** In UTF-8; the page's own members come on top. */
const maxOwnBytes = 30_000;

/** What the site changes later does not matter: the copy is written now, and read when it is needed. */
export function snapshot(data: unknown, maxBytes: number = maxOwnBytes): () => JsonObject {
  const text = attempt(() => stringifyJson(data ?? {}));
  // A UTF-16 unit takes three bytes at most.
  if (text && text.length <= maxBytes / 3) return () => parseJson(text);
  const kept: JsonObject = {};
  const trimmed: string[] = [];
  let left = maxBytes;
  for (const name of attempt(() => Object.keys(data ?? {})) ?? ['data']) {
    const member = attempt(() => stringifyJson((data as JsonObject)[name] ?? null)) ?? '';
    const bytes = (name + member).replace(/[^\0-\x7f]/g, '___').length;
    if (member && bytes < left) {
      left -= bytes;
      kept[name] = parseJson(member);
    } else if (trimmed.length < 20) trimmed.push(name.slice(0, 40));
  }
  return () => (trimmed[0] ? { ...kept, trimmed } : kept);
}
