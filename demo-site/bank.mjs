// Home Bank's own web server: its pages, its login and SMS opt-in, and the configuration of the demo's agent desk.
// It stands for a customer's back end. It shares nothing with Waymark but two things any customer would have:
// the script tag in its pages, and the key with which it vouches for its customers (createIdentityToken).
// A demonstration: passwords and codes are shown on the pages, sessions live in memory, it binds to loopback.
import { createServer } from 'node:http';
import { createIdentityToken } from 'waymark/server';
import { createBills } from './bank/bills.mjs';
import { billed, customers, findByLogin, findByPhone, identitiesOf } from './bank/customers.mjs';
import { createHooks } from './bank/hooks.mjs';
import { BadRequest, cookiesOf, readJson, sendJson } from './bank/http.mjs';
import { createKnown } from './bank/known.mjs';
import { createPages } from './bank/pages.mjs';
import { createSessions } from './bank/sessions.mjs';
import { createSmsCodes, readPhone } from './bank/sms-codes.mjs';
import { createTickets } from './bank/tickets.mjs';

/**
 * @param {object} options
 * @param {number} options.port 0 takes a free one
 * @param {string} [options.host] address to bind to
 * @param {string} [options.publicHost] host in the URLs that visitors open
 * @param {string} options.relayUrl where the pages load waymark.js from
 * @param {string} options.workspace
 * @param {string} options.siteKey
 * @param {{ kid: string, secret: string }} options.identityKey
 * @param {string} options.deskToken with which the agent desk reads journeys
 * @param {string} [options.bankToken] server key with which the bank reads and erases what is known about its customers
 * @param {string} [options.webhookSecret] with which Waymark signs its webhooks; without it the bank takes none
 * @param {() => number} [options.now] milliseconds
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startBank(options) {
  const { port, host = '127.0.0.1', publicHost = 'localhost', relayUrl, workspace, siteKey, identityKey } = options;
  const { deskToken, bankToken, webhookSecret, now = Date.now } = options;
  const relay = relayUrl.replace(/\/+$/, '');
  const sessions = createSessions();
  const codes = createSmsCodes({ now });
  const tickets = createTickets({ now });
  const known = createKnown({ relay, workspace, token: bankToken });
  const hooks = createHooks({ relay, workspace, token: bankToken, secret: webhookSecret, now });
  const bills = createBills({ relay, workspace, token: bankToken });
  const sendPage = createPages({ relay, siteKey });

  /** A token for this browser, or null where it has no temporaryId to bind one to (no consent, no cookies). */
  function vouch(visitor, identities) {
    if (!visitor) return null;
    const [{ identity, identitytype }] = identities;
    const named = identities.length > 1 ? { identities } : {};
    return createIdentityToken({ ...identityKey, workspace, identity, identitytype, temporaryId: visitor, ...named });
  }

  async function login(request, response) {
    const { email, password } = await readJson(request);
    const customer = findByLogin(email, password);
    if (!customer) throw new BadRequest(401, 'The e-mail address or the password is not right.');
    sessions.start(response, customer);
    const token = await vouch(visitorOf(request), identitiesOf(customer, 'email'));
    sendJson(response, 200, { identity: customer.email, identitytype: 'email', token, customer: publicPart(customer) });
  }

  async function startSms(request, response) {
    const phone = readPhone((await readJson(request)).phone);
    const { code, expiresAt } = codes.start(phone, requireVisitor(request));
    // A real bank hands the code to its SMS provider. This one draws the phone on the page.
    sendJson(response, 200, { phone, expiresAt, pretendPhone: { from: 'Home Bank', code } });
  }

  async function verifySms(request, response) {
    const body = await readJson(request);
    const phone = readPhone(body.phone);
    const visitor = requireVisitor(request);
    codes.verify(phone, visitor, body.code);
    sendJson(response, 200, { phone, ticket: tickets.give(phone) });
  }

  /** The bank's word for a phone that was just proven, for the temporaryId that the browser has by now. */
  async function vouchForPhone(request, response) {
    const phone = tickets.take((await readJson(request)).ticket);
    const customer = findByPhone(phone);
    const identities = customer ? identitiesOf(customer, 'phone') : [{ identity: phone, identitytype: 'phone' }];
    sendJson(response, 200, { token: await vouch(visitorOf(request), identities) });
  }

  const api = {
    'POST /api/login': login,
    'POST /api/logout': (request, response) => {
      sessions.end(request, response);
      sendJson(response, 200, { customer: null });
    },
    'GET /api/session': (request, response) => {
      const customer = sessions.of(request);
      sendJson(response, 200, { customer: customer ? publicPart(customer) : null });
    },
    // The bank's word for whoever is logged in, for the temporaryId that the browser has now.
    'GET /api/token': async (request, response) => {
      const customer = sessions.of(request);
      const token = customer ? await vouch(visitorOf(request), identitiesOf(customer, 'email')) : null;
      sendJson(response, 200, { token });
    },
    'POST /api/sms/start': startSms,
    'POST /api/sms/verify': verifySms,
    'POST /api/sms/token': vouchForPhone,
    'GET /api/known': async (request, response) => sendJson(response, 200, await known.show(requireCustomer(request))),
    'GET /api/known/export': (request, response) => known.export(requireCustomer(request), response),
    'POST /api/known/erase': async (request, response) =>
      sendJson(response, 200, await known.erase(requireCustomer(request))),
    'GET /api/bill': async (request, response) =>
      sendJson(response, 200, await bills.of(requireCustomer(request).phone)),
    'POST /api/bill/pay': async (request, response) => {
      const { phone } = requireCustomer(request);
      await bills.pay(phone);
      sendJson(response, 200, await bills.of(phone));
    },
    // The bank's billing, which the demo's desk may set going: of the customer who has a phone.
    'GET /desk/bill': async (request, response) => {
      requireOwnDesk(request);
      sendJson(response, 200, { ...publicPart(billed), bill: await bills.of(billed.phone) });
    },
    'POST /desk/notice': async (request, response) => {
      requireOwnDesk(request);
      await bills.remind(billed);
      sendJson(response, 200, await bills.of(billed.phone));
    },
    'POST /hooks/mortgage-offer': hooks.mortgageOffer,
    'POST /hooks/call-back': hooks.callBack,
    'GET /desk/config.json': (request, response) => {
      requireOwnDesk(request);
      sendJson(response, 200, { relayUrl: relay, workspace, token: deskToken });
    },
  };

  function requireCustomer(request) {
    const customer = sessions.of(request);
    if (!customer) throw new BadRequest(401, 'Please log in first.');
    return customer;
  }

  async function answer(request, response) {
    const { pathname } = new URL(request.url ?? '/', 'http://bank');
    const call = api[`${request.method} ${pathname}`];
    if (call) {
      if (request.method === 'POST') requireSameSite(request);
      return call(request, response);
    }
    if (pathname.startsWith('/api/')) throw new BadRequest(404, 'There is no such call.');
    return sendPage(request, response, pathname, sessions.of(request));
  }

  const server = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch((error) => {
      const known = error instanceof BadRequest;
      if (!known) console.error('bank:', error);
      if (response.headersSent) return response.destroy();
      sendJson(response, known ? error.status : 500, { error: known ? error.message : 'Something failed here.' });
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  return {
    url: `http://${publicHost}:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export { customers };

/** The tracker's first-party cookie is `<temporaryId>.<secret>`; the bank needs, and reads, the first part only. */
function visitorOf(request) {
  const temporaryId = cookiesOf(request).wm_id?.split('.')[0];
  return temporaryId && temporaryId.length <= 64 ? temporaryId : undefined;
}

function requireVisitor(request) {
  const visitor = visitorOf(request);
  if (!visitor) throw new BadRequest(400, 'This needs the cookie of this browser: please allow cookies and try again.');
  return visitor;
}

/** A form on another site must not log anybody in or send messages. */
function requireSameSite(request) {
  const site = request.headers['sec-fetch-site'];
  if (site && site !== 'same-origin') throw new BadRequest(403, 'This call is for the pages of this bank only.');
}

/** The desk's token never leaves this machine: no other name (DNS rebinding) and no other page may ask for it. */
function requireOwnDesk(request) {
  const name = request.headers.host?.replace(/:\d+$/, '');
  const site = request.headers['sec-fetch-site'];
  if ((name === 'localhost' || name === '127.0.0.1') && (site === 'same-origin' || site === 'none')) return;
  throw new BadRequest(403, 'The desk of this demo is for this machine only.');
}

function publicPart({ firstName, lastName, email, phone }) {
  return { firstName, lastName, email, phone: phone ?? null };
}
