// An event as readers show it (`HistoryText`), made from its text in the file without parsing it: a page of fifty took longer to
// parse and to write again than to find.
import type { CloudEvent } from '../../../protocol/index.ts';

/**
 * With the corrected time in `time`, and `previousidentity` null where it is missing. `body`: as `JSON.stringify` wrote it,
 * so that a quote inside of a text is never bare, and what stands before the first brace belongs to the event itself.
 */
export function shownText(body: string, corrected: number): string {
  const time = new Date(corrected).toISOString();
  const own = body.slice(0, body.indexOf('{', 1));
  const at = own.indexOf(timeMark);
  const from = at + timeMark.length;
  const to = body.indexOf('"', from);
  // An escaped quote would not be the end.
  if (at < 0 || body.slice(from, to).includes('\\')) return parsedText(body, time);
  const shown = `${body.slice(0, from)}${time}${body.slice(to)}`;
  if (own.includes(previousMark)) return shown;
  // Behind the brace it may be a member of the data.
  if (body.includes(previousMark)) return parsedText(body, time);
  return `${shown.slice(0, -1)},"previousidentity":null}`;
}

const timeMark = '"time":"';
const previousMark = '"previousidentity":';

function parsedText(body: string, time: string): string {
  const event = JSON.parse(body) as CloudEvent;
  return JSON.stringify({ ...event, time, previousidentity: event.previousidentity ?? null });
}
