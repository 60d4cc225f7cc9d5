// Where webhooks may go. Whoever may write an action must not reach what only this machine can reach: the addresses of
// private networks, of the machine itself and of cloud metadata are refused unless the configuration allows them.
import { BlockList, isIP } from 'node:net';

export type AddressVerdict = 'public' | 'allowed' | 'refused';

export interface AddressPolicy {
  /** Of an IPv4 or IPv6 address in any spelling. */
  judge(address: string): AddressVerdict;
}

/** Not for the open internet, by IANA's special-purpose registries (RFC 6890 and later). */
const special = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Azure's platform speaks to its machines from here: public by number, not by nature.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Within what IPv6 has given out: tunnels that lead to IPv4 again, documentation, and identifiers that are no hosts.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
];

/** All that IPv6 gives to hosts of the internet lies in here; everything else is local, reserved or embeds IPv4. */
const globalUnicast = ['2000::/3'];

/** `allow`: addresses and networks such as `10.1.0.0/16` or `::1`. Throws where one cannot be read. */
export function createAddressPolicy(allow: readonly string[]): AddressPolicy {
  const [listed, refused, global] = [allow, special, globalUnicast].map(listOf);
  const isIn = (list: BlockList | undefined, { address, family }: Plain): boolean =>
    list?.check(address, family) ?? false;
  return {
    judge(address) {
      const plain = plainOf(address);
      if (!plain) return 'refused';
      if (isIn(listed, plain)) return 'allowed';
      if (plain.family === 'ipv6' && !isIn(global, plain)) return 'refused';
      return isIn(refused, plain) ? 'refused' : 'public';
    },
  };
}

/** Whether it can stand in the list of allowed networks. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    if (!isNetwork(network)) throw new Error(`${network} is no address and no network`);
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

interface Plain {
  address: string;
  family: 'ipv4' | 'ipv6';
}

/** IPv4 in the clothes of IPv6 (`::ffff:127.0.0.1`) is IPv4: that is where the connection goes. */
function plainOf(address: string): Plain | undefined {
  const [bare = ''] = address.replace(/^\[|\]$/g, '').split('%');
  const family = isIP(bare);
  if (family === 4) return { address: bare, family: 'ipv4' };
  if (family !== 6) return undefined;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!mapped) return { address: canonical, family: 'ipv6' };
  const parts = mapped.slice(1).map((part) => Number.parseInt(part, 16));
  const bytes = parts.flatMap((part) => [part >> 8, part & 255]);
  return { address: bytes.join('.'), family: 'ipv4' };
}
