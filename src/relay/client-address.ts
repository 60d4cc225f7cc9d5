// Where a request comes from, as far as it can be believed: the socket's address, or with trusted proxies in front the
// entry of X-Forwarded-For that the outermost of them wrote. Whatever stands left of it anybody may have written.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** An IP address; `unknown` for sockets without one. */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const socket = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return plain(socket);
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((entry) => entry.trim());
  const entry = plain(forwarded[Math.max(0, forwarded.length - trustedProxies)] ?? '');
  return isIP(entry) ? entry : plain(socket);
}

/** The unit that limits count: an IPv4 address, or the /64 that an IPv6 customer gets at least. */
export function networkOf(address: string): string {
  return isIP(address) === 6 ? `${groups(address).slice(0, 4).join(':')}::` : address;
}

/** What may be stored: IPv4 without its last byte, IPv6 without all but its first 48 bits. */
export function truncateAddress(address: string): string | undefined {
  const version = isIP(address);
  if (version === 4) return address.replace(/\d+$/, '0');
  return version === 6 ? `${groups(address).slice(0, 3).join(':')}::` : undefined;
}

/** Without port, brackets and zone; IPv4 that came mapped into IPv6 as IPv4. */
function plain(address: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** The eight groups, without leading zeros. */
function groups(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...new Array<string>(gap).fill('0'), ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}
