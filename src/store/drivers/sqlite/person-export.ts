// Everything known about a person as lines of JSON, read in short pages so that no long read holds the log.
import { Problem } from '../../../protocol/index.ts';
import { hydrate } from './hydrate.ts';
import type { NotedRow } from './notes.ts';
import type { ReaderClient } from './reader-client.ts';

const pageSize = 500;

/**
 * First the person, then its links, its events oldest first, and what actions and deliveries noted:
 * `{ "person" | "link" | "event" | "note": … }`.
 */
export async function* exportPerson(
  readers: ReaderClient,
  workspace: string,
  personId: string,
): AsyncGenerator<string> {
  const person = await readers.call('person', workspace, personId);
  if (!person) throw new Problem('not-found', `there is no person ${personId}`);
  yield JSON.stringify({ person });
  for (const link of await readers.call('explain', workspace, personId)) yield JSON.stringify({ link });
  let behind: { corrected: number; sequence: number } | undefined;
  do {
    const page = await readers.call('page', workspace, personId, behind, pageSize);
    for (const { event, ...stored } of hydrate(page)) yield JSON.stringify({ event, ...stored });
    const last = page.rows.at(-1);
    behind = page.rows.length === pageSize ? last : undefined;
  } while (behind);
  let behindNote: number | undefined = 0;
  do {
    const page: NotedRow[] = await readers.call('noted', workspace, personId, behindNote, pageSize);
    for (const { id: _, ...note } of page) yield JSON.stringify({ note });
    behindNote = page.length === pageSize ? page.at(-1)?.id : undefined;
  } while (behindNote !== undefined);
}
