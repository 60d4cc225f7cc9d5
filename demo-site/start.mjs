// `npm run demo`: starts the Waymark server and Home Bank beside it, says which pages to open, stops on Ctrl-C.
// Everything it needs to keep lies in .demo/ (never committed): secrets made here at the first start, and the database.
// `npm run demo -- --seed` adds a month of history of 200 customers.
// Options: --port (bank, default 4400), --relay-port (default 4401), --folder (default .demo); or DEMO_PORT, DEMO_RELAY_PORT.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from 'waymark/server';
import { freePort } from './bank/free-port.mjs';
import { setUpRecipes } from './bank/recipes.mjs';
import { loadSecrets } from './bank/secrets.mjs';
import { seed } from './bank/seed.mjs';
import { serverConfig } from './bank/server-config.mjs';
import { startBank } from './bank.mjs';

// A second demo in the same folder, a folder that cannot be written: a sentence helps, where in the code it came up does not.
process.on('uncaughtException', sayWhy);

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.DEMO_PORT ?? '4400' },
    folder: { type: 'string' },
    seed: { type: 'boolean', default: false },
    'relay-port': { type: 'string', default: process.env.DEMO_RELAY_PORT ?? '4401' },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = values.folder ?? join(root, '.demo');

const bankPort = await choosePort('--port', values.port);
const relayPort = await choosePort('--relay-port', values['relay-port'], bankPort);
const secrets = loadSecrets(folder);
const server = await startServer(
  serverConfig({ secrets, relayPort, bankPort, database: join(folder, 'waymark.db'), pages: join(root, 'dist') }),
);
const relayUrl = `http://localhost:${relayPort}`;
const api = { base: `http://127.0.0.1:${relayPort}`, workspace: secrets.workspace, token: secrets.bankToken };

if (values.seed) {
  const added = await seed(api);
  console.log(
    added.events > 0
      ? `Seeded ${added.customers} customers with ${added.events} events.`
      : 'The seeded customers are there already.',
  );
}

// After the seeds: an action looks at what comes from then on.
const webhookSecret = await setUpRecipes(api, `http://127.0.0.1:${bankPort}/hooks`);
const bank = await startBank({ port: bankPort, relayUrl, webhookSecret, ...secrets });

console.log(`
  Home Bank, the website     ${bank.url}/
  The agent desk             ${bank.url}/desk.html

  Open both side by side. At the bank, allow it to remember your visit and walk around; choose yourself on the desk,
  then log in at the bank. The contact page has a call code for the desk; “Homes for sale” leads to a second domain.
  Look at the mortgage rates three times, and the desk has an offer for you. Send Rue a payment notice from the desk, pay
  it at the bank, and take her call before and after.
  Relay and journey service  ${relayUrl}

  Everything is kept in ${values.folder ?? '.demo/'}. Stop with Ctrl-C.
`);

process.off('uncaughtException', sayWhy);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    // Asked twice, it waits no longer for requests that are still under way.
    if (stopping) process.exit(1);
    stopping = true;
    await bank.close();
    await server.close();
    console.log('Stopped.');
    process.exit(0);
  });
}

function sayWhy(error) {
  console.error(`The demo cannot start: ${error.message}`);
  process.exit(1);
}

async function choosePort(option, text, notThis) {
  const wanted = Number(text);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) {
    console.error(`${option}: expected a port from 1 to 65535, got ${text}`);
    process.exit(2);
  }
  const port = await freePort(wanted, notThis);
  if (port !== wanted) console.log(`Port ${wanted} is taken, so ${port} is used instead (${option} chooses another).`);
  return port;
}
