// What Waymark knows about a customer of the bank, read, exported and erased with the bank's own server key. Whom it is
// about comes from the bank's session and never from the request.
import { Readable } from 'node:stream';
import { BadRequest } from './http.mjs';

const unknown = new BadRequest(404, 'Nothing has been noted about you.');

/** @param {{ relay: string, workspace: string, token: string | undefined }} options `token`: a server key that may write */
export function createKnown({ relay, workspace, token }) {
  async function ask(path, method = 'GET') {
    if (!token) throw new BadRequest(503, 'This bank has no key to read what was noted.');
    const response = await fetch(relay + path, { method, headers: { Authorization: `Bearer ${token}` } });
    if (response.status === 404) throw unknown;
    if (!response.ok) throw new BadRequest(502, 'What was noted cannot be read now.');
    return response;
  }
  const read = async (path, method) => (await (await ask(path, method)).json()).data;

  /** The path under which the customer's person is found. */
  async function personOf({ email }) {
    const base = `/admin/v1/api/person/workspace-id/${workspace}`;
    const [person] = await read(`${base}/aliases/${encodeURIComponent(email)}`);
    return { person, path: `${base}/person-id/${person.id}` };
  }

  return {
    async show(customer) {
      const { person, path } = await personOf(customer);
      const links = await read(`${path}/links`);
      const events = await read(`/v1/api/events/workspace-id/${workspace}?personId=${person.id}`).catch(orNone);
      return {
        aliases: person,
        links: links
          .filter(({ removed }) => !removed)
          .map(({ from, to, trust, cause, at }) => ({ from: from.value, to: to.value, trust, cause, at })),
        events: events.map(({ time, type, data }) => ({
          time,
          type,
          what: textOf(data.uiData?.title) || textOf(data.origin),
          where: textOf(data.title) || textOf(data.url),
        })),
      };
    },
    async export(customer, response) {
      const { path } = await personOf(customer);
      const { body } = await ask(`${path}/export`);
      response.writeHead(200, {
        'Content-Type': 'application/x-ndjson; charset=utf-8',
        'Content-Disposition': 'attachment; filename="home-bank-knows.ndjson"',
        'Cache-Control': 'no-store',
      });
      Readable.fromWeb(body)
        .on('error', () => response.destroy())
        .pipe(response);
    },
    /** Answers Waymark's receipt, which names nobody. */
    async erase(customer) {
      const { path } = await personOf(customer);
      return read(`${path}/erase`, 'POST');
    },
  };
}

function orNone(error) {
  if (error === unknown) return [];
  throw error;
}

function textOf(value) {
  return typeof value === 'string' ? value : '';
}
