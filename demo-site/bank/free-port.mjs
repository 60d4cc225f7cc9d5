// The first free port from the wanted one upwards, on loopback.
import { createServer } from 'node:net';

export async function freePort(wanted, notThis) {
  for (let port = wanted; port < Math.min(wanted + 50, 65_536); port += 1)
    if (port !== notThis && (await isFree(port))) return port;
  throw new Error(`No free port between ${wanted} and ${wanted + 49}.`);
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
