// `--seed`: a month of history of 200 customers, written through the server's own API with the bank's key, as a bank that
// moves to Waymark would import it. The same people and days each time; a second run on the same day adds nothing.

import { createClient } from '../../examples/client.ts';
import { notice } from '../../examples/directing-customer-input.ts';
import { nameCustomer } from './bills.mjs';
import { billed } from './customers.mjs';
import { createDice } from './seed-dice.mjs';
import { historyOf } from './seed-history.mjs';

const count = 200;
/** The relay takes 500 events at once. */
const batchSize = 500;
const atOnce = 20;

const firstNames =
  'Ada Bruno Carla Daan Elif Fatou Goran Hana Ivo Jana Kofi Lena Marek Nadia Oskar Pilar Quinn Rosa Samir Tove'.split(
    ' ',
  );
const lastNames =
  'Albers Bianchi Cole Dahl Egger Fabre Gruber Haddad Ito Jansen Kaya Lindt Moreau Novak Ortiz Perera Rossi Sato Toth Weiss'.split(
    ' ',
  );

/**
 * @param {{ base: string, workspace: string, token: string, now?: () => number }} options `token`: may write
 * @returns {Promise<{ customers: number, events: number }>} what was added; nothing where it is there already
 */
export async function seed({ base, workspace, token, now = Date.now }) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const persons = `${base}/admin/v1/api/person`;
  const customers = makeCustomers(now());
  const last = customers.at(-1);
  // Names are given last, so the last of them says that all is there.
  const found = await fetch(`${persons}/workspace-id/${workspace}/aliases/${last.customerId}`, { headers });
  if (found.ok) return { customers: 0, events: 0 };

  const events = [...customers.flatMap(({ history }) => history), ...overdueBill(now())].sort((a, b) =>
    a.time < b.time ? -1 : 1,
  );
  for (let index = 0; index < events.length; index += batchSize) {
    const { results } = await post(`${base}/collect`, events.slice(index, index + batchSize));
    const refused = results.find(({ result }) => result !== 'ok' && result !== 'duplicate');
    if (refused) throw new Error(`seeding: an event was answered ${refused.result} ${refused.code}: ${refused.detail}`);
  }
  const known = ({ firstName, lastName, email, phone, customerId }) =>
    post(`${persons}/merge-identities/workspace-id/${workspace}`, {
      firstName,
      lastName,
      email: [email],
      phone: [phone],
      customerId: [customerId],
    });
  for (let index = 0; index < count; index += atOnce) {
    await Promise.all(customers.slice(index, index + atOnce).map(known));
  }
  await nameCustomer(createClient({ base, workspace, token }), billed);
  return { customers: count, events: events.length };

  async function post(url, body) {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`seeding: ${new URL(url).pathname} answered ${response.status}`);
    return response.json();
  }
}

/** What that customer may be calling about (`examples/directing-customer-input.ts`). */
function overdueBill(now) {
  return ['1', '2'].map((number) => ({
    specversion: '1.0',
    id: `seed-notice-${number}`,
    time: new Date(lastFullHour(now) - (number === '1' ? 9 : 2) * 86_400_000).toISOString(),
    datacontenttype: 'application/json',
    ...notice(number, billed.phone),
  }));
}

function lastFullHour(now) {
  return Math.floor(now / 3_600_000) * 3_600_000;
}

/** The month ends at the full hour. */
function makeCustomers(now) {
  const until = lastFullHour(now);
  const dice = createDice(20_240_801);
  return Array.from({ length: count }, (_, index) => {
    const firstName = firstNames[index % firstNames.length];
    const lastName = lastNames[(index * 7 + Math.floor(index / firstNames.length)) % lastNames.length];
    const email = `${firstName}.${lastName}.${index}@example.com`.toLowerCase();
    const phone = `+1555${String(2_000_000 + index * 37).padStart(7, '0')}`;
    const customer = { firstName, lastName, email, phone, customerId: `HB-${10_000 + index}` };
    return { ...customer, history: historyOf({ key: `${index}`, email, phone, until }, dice) };
  });
}
