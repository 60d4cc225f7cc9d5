import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEventStreams } from '../../src/journey/event-stream.ts';
import { until } from '../helpers.ts';

describe('event streams', () => {
  it('keep nothing of a client that left while its stream was prepared', async () => {
    const { port, streams, closed, proceed, arrived } = await aServer();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await arrived;
    socket.destroy();
    await until('the server to notice', () => closed.request);
    proceed();
    await until('the end of the subscription', () => closed.stream);
    expect(streams.size()).toBe(0);
  });

  it('beat, and end when the caller is no longer let in', async () => {
    const { port, streams, proceed, valid } = await aServer({ heartbeatMs: 150 });
    proceed();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    let text = '';
    const read = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    })();
    await until('a heartbeat', () => text.includes(': ping'));
    valid.now = false;
    await read;
    await until('the end', () => streams.size() === 0);
  });
});

async function aServer(options: { heartbeatMs?: number } = {}) {
  const streams = createEventStreams(options);
  const closed = { request: false, stream: false };
  const valid = { now: true };
  let proceed = (): void => undefined;
  const prepared = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const app = Fastify();
  app.get('/', async (request, reply) => {
    request.raw.on('close', () => {
      closed.request = true;
    });
    arrive();
    await prepared;
    const onClose = (): void => {
      closed.stream = true;
    };
    streams.open(reply, { isValid: () => valid.now, onClose });
  });
  await app.listen({ port: 0 });
  onTestFinished(async () => {
    streams.close();
    await app.close();
  });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { port, streams, closed, valid, proceed: () => proceed(), arrived };
}
