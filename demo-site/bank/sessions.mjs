// Who is logged in at Home Bank: an unguessable cookie that scripts cannot read, and a table in memory.
import { randomBytes } from 'node:crypto';
import { cookiesOf } from './http.mjs';

const cookieName = 'homebank_session';
const attributes = 'Path=/; HttpOnly; SameSite=Lax';

export function createSessions() {
  const customersById = new Map();
  return {
    /** The customer of a request, or undefined. */
    of: (request) => customersById.get(cookiesOf(request)[cookieName]),
    start(response, customer) {
      const id = randomBytes(24).toString('base64url');
      customersById.set(id, customer);
      response.setHeader('Set-Cookie', `${cookieName}=${id}; ${attributes}`);
    },
    end(request, response) {
      customersById.delete(cookiesOf(request)[cookieName]);
      response.setHeader('Set-Cookie', `${cookieName}=; ${attributes}; Max-Age=0`);
    },
  };
}
