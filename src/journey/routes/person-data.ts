// Beyond Cisco's API: import of identities from a CSV file as Control Hub takes it (jds-contract 0.4), and what the law
// asks for, everything that is known about a person, and its erasure.
import { Readable } from 'node:stream';
import { type Identitytype, identitytypes, Problem } from '../../protocol/index.ts';
import type { PersonDetails } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { parseCsv } from '../csv.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { readDetails } from '../person-body.ts';
import { ref, text } from '../schemas.ts';
import { causeOf } from './person-edits.ts';

const maxRows = 10_000;
const maxValues = 5;

/** Control Hub's columns, and what each holds. */
const columns: Record<string, Identitytype | 'id' | 'firstName' | 'lastName'> = {
  id: 'id',
  'first name': 'firstName',
  'last name': 'lastName',
  'email addresses': 'email',
  'phone numbers': 'phone',
  'customer ids': 'customerId',
};

export function personDataCalls({ store }: JourneyContext): Call[] {
  const base = '/admin/v1/api/person';
  return [
    {
      name: 'importPersons',
      method: 'POST',
      path: `${base}/import/workspace-id/:ws`,
      group: 'Persons',
      summary:
        'Identities from a CSV file with the columns Id (empty), First Name, Last Name, Email Addresses, Phone Numbers, Customer Ids; several values are separated by |. A row whose aliases belong to several persons fails alone.',
      scopes: allowed.writePersons,
      body: { type: 'text/csv', schema: text },
      answer: { schema: ref('ImportResult') },
      audited: true,
      run: importPersons,
    },
    {
      name: 'exportPerson',
      method: 'GET',
      path: `${base}/workspace-id/:ws/person-id/:personId/export`,
      group: 'Persons',
      summary:
        'Beyond Cisco: everything that is known about a person, one JSON text a line: person, links, events, notes.',
      scopes: allowed.writePersons,
      answer: { type: 'application/x-ndjson', schema: text, bare: true },
      audited: true,
      run: async (call) => {
        const { id } = await requirePerson(call);
        call.reply.type('application/x-ndjson');
        return Readable.from(lines(store.export(call.workspace.id, id)));
      },
    },
    {
      name: 'erasePerson',
      method: 'POST',
      path: `${base}/workspace-id/:ws/person-id/:personId/erase`,
      group: 'Persons',
      summary: 'Beyond Cisco: removes a person with all events and links, and answers a receipt without personal data.',
      scopes: allowed.writePersons,
      answer: { schema: ref('EraseReceipt') },
      audited: true,
      run: async (call) => {
        const { id } = await requirePerson(call);
        const { at, ...receipt } = await store.erase(call.workspace.id, id);
        return { data: { at: new Date(at).toISOString(), ...receipt } };
      },
    },
  ];

  async function requirePerson(call: CallRequest): Promise<{ id: string }> {
    const person = await store.person(call.workspace.id, call.params['personId'] ?? '');
    if (!person) throw new JourneyError(404, 'The person was not found');
    call.saw(person.id);
    return person;
  }

  async function importPersons(call: CallRequest): Promise<unknown> {
    const rows = readRows(call.body.value);
    const by = { ...causeOf(call), cause: 'import' };
    const result = { created: 0, updated: 0, failed: [] as { row: number; error: string }[] };
    for (const { row, cells } of rows) {
      try {
        const details = readRow(cells);
        const { created } = await store.mergeIdentities(call.workspace.id, details, { refuse: 'several' }, by);
        result[created ? 'created' : 'updated'] += 1;
      } catch (error) {
        if (!(error instanceof JourneyError || error instanceof Problem)) throw error;
        result.failed.push({ row, error: error instanceof Problem ? error.detail : error.message });
      }
    }
    return { data: result };
  }
}

interface Row {
  /** Counts from 1, the header being row 1, as spreadsheets show it. */
  row: number;
  cells: Record<string, string>;
}

function readRows(value: unknown): Row[] {
  if (typeof value !== 'string') throw new JourneyError(400, 'body: expected a CSV file');
  const [header = [], ...rows] = parse(value);
  const names = header.map((name) => columns[name.trim().toLowerCase()]);
  if (!names.some((name) => (identitytypes as readonly unknown[]).includes(name))) {
    throw new JourneyError(400, 'body: expected a header with Email Addresses, Phone Numbers or Customer Ids');
  }
  if (rows.length > maxRows) throw new JourneyError(400, `body: expected at most ${maxRows} rows, got ${rows.length}`);
  return rows.map((row, index) => ({
    row: index + 2,
    cells: Object.fromEntries(row.flatMap((cell, place) => (names[place] ? [[names[place], cell]] : []))),
  }));
}

function parse(value: string): string[][] {
  try {
    return parseCsv(value);
  } catch (error) {
    throw new JourneyError(400, `body: ${error instanceof Error ? error.message : 'not CSV'}`);
  }
}

function readRow({ id = '', firstName = '', lastName = '', ...lists }: Record<string, string>): PersonDetails {
  if (id !== '') throw new JourneyError(400, 'Id: expected nothing, new identities have none yet');
  const values = (name: string): string[] => (lists[name] ?? '').split('|').flatMap((one) => one.trim() || []);
  for (const [name] of Object.entries(lists)) {
    if (values(name).length > maxValues) throw new JourneyError(400, `${name}: expected at most ${maxValues} values`);
  }
  const named = { phone: values('phone'), email: values('email'), customerId: values('customerId') };
  return readDetails({ ...(firstName && { firstName }), ...(lastName && { lastName }), ...named });
}

async function* lines(texts: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of texts) yield line.endsWith('\n') ? line : `${line}\n`;
}
