// Attacks on the sender of webhooks: whoever may write an action tries to reach what only this machine can reach.
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAddressPolicy } from '../../../src/delivery/webhooks/address-policy.ts';
import { createSender, type Outcome, type SenderOptions } from '../../../src/delivery/webhooks/send.ts';
import { openReceiver, type Receiver } from '../../journey/receiver.ts';

type Resolved = string[];

/** A name server that answers each question with the next list, the last one for ever. */
function nameServer(...answers: Resolved[]): NonNullable<SenderOptions['resolve']> {
  const resolve = (
    _name: string,
    _options: LookupAllOptions,
    done: (error: null, addresses: LookupAddress[]) => void,
  ): void => {
    const list = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    done(
      null,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return resolve as unknown as NonNullable<SenderOptions['resolve']>;
}

async function aReceiver(host?: string): Promise<Receiver> {
  const receiver = await openReceiver(host);
  onTestFinished(() => receiver.close());
  return receiver;
}

function aSender(allow: string[], options: Partial<SenderOptions> = {}) {
  const sender = createSender({ policy: createAddressPolicy(allow), timeoutMs: 1_000, now: Date.now, ...options });
  onTestFinished(() => sender.close());
  return (url: string): Promise<Outcome> => sender.send({ url, method: 'POST', headers: {}, body: '{}' });
}

const portOf = ({ url }: Receiver) => new URL(url).port;

describe('the policy of addresses', () => {
  const policy = createAddressPolicy(['10.1.0.0/16', '::1', 'fd00:1::/32']);

  it.each([
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.2.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
    ...['169.254.169.254', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.2.1', '203.0.113.9'],
    ...['::', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:2::1'],
    ...['ff02::1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '2001:0:1::', '2001:db8::1', '4000::1'],
    ...['', 'localhost', '127.1', '0x7f000001', '2130706433', 'fd00:ec2::254', '168.63.129.16'],
  ])('refuses %s', (address) => {
    expect(policy.judge(address)).toBe('refused');
  });

  it.each(['93.184.216.34', '172.32.0.1', '11.0.0.1', '2606:2800:220:1::1', '[2606:2800:220:1::1]', '::ffff:8.8.8.8'])(
    'lets %s be public',
    (address) => {
      expect(policy.judge(address)).toBe('public');
    },
  );

  it.each(['10.1.2.3', '::1', '[::1]', 'fd00:1::9', '::ffff:10.1.0.1'])('allows %s by configuration', (address) => {
    expect(policy.judge(address)).toBe('allowed');
  });
});

describe('a call of a webhook', () => {
  it('ends where the receiver changes to another protocol, or hangs up', async () => {
    const answers = ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', ''];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        const answer = answers.shift();
        if (answer) socket.write(answer);
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const send = aSender(['127.0.0.1']);
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ result: 'failed', status: 101, error: 'HTTP 101' });
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ result: 'failed' });
  });

  it('goes to no address of this machine in any spelling, and to an allowed one', async () => {
    const receiver = await aReceiver();
    const send = aSender([]);
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '[::ffff:127.0.0.1]',
      'localhost',
      '0',
    ]) {
      expect(await send(`http://${host}:${portOf(receiver)}/`), host).toMatchObject({ result: 'refused' });
    }
    expect(receiver.received).toEqual([]);
    expect(await aSender(['127.0.0.1'])(`${receiver.url}/x`)).toEqual({ result: 'delivered', status: 204 });
  });

  it('judges what a name resolves to when it connects, each time anew', async () => {
    const receiver = await aReceiver();
    receiver.answer = (response) => void response.writeHead(204, { connection: 'close' }).end();
    const url = `http://rebinding.test:${portOf(receiver)}/`;
    const send = aSender(['127.0.0.2'], { resolve: nameServer(['127.0.0.1'], ['127.0.0.1', '169.254.169.254'], []) });
    for (let times = 0; times < 3; times += 1) expect(await send(url)).toMatchObject({ result: 'refused' });
    // Good at first, bad afterwards: the second answer is judged too.
    const rebound = aSender(['127.0.0.1'], { resolve: nameServer(['127.0.0.1'], ['10.0.0.1']) });
    expect(await rebound(url)).toMatchObject({ result: 'delivered' });
    expect(await rebound(url)).toMatchObject({ result: 'refused' });
    // Of several addresses only those that are good are tried.
    const mixed = aSender(['127.0.0.1'], { resolve: nameServer(['10.0.0.1', '127.0.0.1']) });
    expect(await mixed(url)).toMatchObject({ result: 'delivered' });
    expect(receiver.received).toHaveLength(2);
  });

  it('goes to the internet by https only, and knows no other protocol', async () => {
    const send = aSender([], { resolve: nameServer(['93.184.216.34']) });
    expect(await send('http://example.test/')).toMatchObject({
      result: 'refused',
      error: expect.stringContaining('https'),
    });
    expect(await send('http://93.184.216.34/')).toMatchObject({ result: 'refused' });
    expect(await send('file:///etc/passwd')).toMatchObject({ result: 'refused' });
  });

  it('follows no redirect', async () => {
    const receiver = await aReceiver();
    const inner = await aReceiver();
    receiver.answer = (response) => void response.writeHead(307, { location: `${inner.url}/secret` }).end();
    const outcome = await aSender(['127.0.0.1'])(receiver.url);
    expect(outcome).toMatchObject({ result: 'failed', status: 307 });
    expect(inner.received).toEqual([]);
  });

  it('waits no longer than it may, however slowly the answer comes, and reads no endless one', async () => {
    const receiver = await aReceiver();
    const send = aSender(['127.0.0.1'], { timeoutMs: 300 });
    receiver.answer = () => undefined;
    expect(await send(receiver.url)).toMatchObject({ result: 'failed', error: expect.stringContaining('300 ms') });
    receiver.answer = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(100_000)), 5);
      response.on('close', () => clearInterval(timer));
    };
    expect(await send(receiver.url)).toMatchObject({ result: 'delivered', status: 200 });
  });

  it('tells what the receiver asks for', async () => {
    const receiver = await aReceiver();
    const send = aSender(['127.0.0.1'], { now: () => Date.parse('2026-11-22T12:00:00Z') });
    const answerWith = async (status: number, headers: Record<string, string> = {}): Promise<Outcome> => {
      receiver.answer = (response) => void response.writeHead(status, headers).end();
      return send(receiver.url);
    };
    expect(await answerWith(429, { 'retry-after': '7' })).toMatchObject({ result: 'failed', retryAfterMs: 7_000 });
    expect(await answerWith(503, { 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' })).toMatchObject({
      retryAfterMs: 60_000,
    });
    expect(await answerWith(503, { 'retry-after': 'soon' })).not.toHaveProperty('retryAfterMs');
    expect(await answerWith(410)).toMatchObject({ result: 'gone' });
    expect(await answerWith(404)).toMatchObject({ result: 'failed', error: 'HTTP 404' });
  });
});
