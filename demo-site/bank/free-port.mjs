// The first free port from the wanted one upwards, on loopback.
import { createServer } from 'node:net';

export async function freePort(wanted, notThis) {
  for (let port = wanted; port < Math.min(wanted + 50, 65_536); port += 1)
    if (port !== notThis && (await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port;
  throw new Error(`No free port between ${wanted} and ${wanted + 49}.`);
}

/** Both families count: a browser may try `localhost` over IPv6 first, and would reach whoever listens there. */
function isFree(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
