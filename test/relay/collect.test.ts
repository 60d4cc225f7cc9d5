import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  anEvent,
  answerAfterAll,
  aServer,
  aToken,
  collect,
  historyOf,
  outcomes,
  siteKey,
  siteOrigin,
} from '../helpers.ts';

const secret = 'secret-of-visitor-1';
const first = (attributes: Parameters<typeof anEvent>[0] = {}) => anEvent({ temporarysecret: secret, ...attributes });
const login = async (attributes: Parameters<typeof anEvent>[0] = {}) =>
  first({
    type: 'webvisitLogin',
    source: 'home.com:login',
    identity: 'ruegreen@example.com',
    identitytype: 'email',
    previousidentity: 'visitor-1',
    identitytoken: await aToken('visitor-1'),
    ...attributes,
  });

describe('POST /collect', () => {
  let url: string;
  beforeEach(async () => {
    ({ url } = await aServer());
  });

  it('answers 202 with a result for each event, and the events are there', async () => {
    const events = [first(), anEvent({ type: 'webvisitMortgage' })];
    const response = await collect(url, events);
    expect(response.status).toBe(202);
    const answer = await response.json();
    expect(answer.results).toEqual(events.map(({ id }, index) => ({ index, id, result: 'ok' })));
    expect(Math.abs(Date.parse(answer.serverTime) - Date.now())).toBeLessThan(60_000);
    expect((await historyOf(url, 'visitor-1')).map(({ type }) => type).sort()).toEqual([
      'webvisit',
      'webvisitMortgage',
    ]);
  });

  it('keeps an event once, however often it arrives', async () => {
    const event = first();
    expect(await outcomes(url, [event, event])).toEqual(['ok', 'duplicate']);
    expect(await outcomes(url, [event])).toEqual(['duplicate']);
    expect(await historyOf(url, 'visitor-1')).toHaveLength(1);
  });

  it('takes the good events of a batch, and says of a bad one what was wrong and where', async () => {
    const { source: _none, ...bad } = anEvent();
    const response = await collect(url, [first(), bad, 7, anEvent({ identitytype: 'mail' as never }), anEvent()]);
    const { results } = await response.json();
    expect(results.map(({ result }: { result: string }) => result)).toEqual([
      'ok',
      'refused',
      'refused',
      'refused',
      'ok',
    ]);
    expect(results[1]).toMatchObject({ id: bad.id, code: 'invalid-event', pointer: '/1/source' });
    expect(results[2]).toMatchObject({ id: null, code: 'invalid-event', pointer: '/2' });
    expect(results[3]).toMatchObject({ pointer: '/3/identitytype', detail: expect.stringContaining('"mail"') });
    expect(await historyOf(url, 'visitor-1')).toHaveLength(2);
  });

  it('takes the neighbours of a bad event that carried the secret for all of them', async () => {
    const bad = first({ type: 'x'.repeat(201) });
    const reserved = first({ type: 'task:ended', identity: 'visitor-2', temporarysecret: 'secret-of-visitor-2' });
    expect(await outcomes(url, [bad, anEvent(), reserved, anEvent({ identity: 'visitor-2' })])).toEqual([
      'refused invalid-event',
      'ok',
      'refused type-reserved',
      'ok',
    ]);
  });

  it('takes a single event, gzip by its first bytes, and any of the usual content types', async () => {
    const send = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
      fetch(`${url}/collect?key=${siteKey}`, { method: 'POST', headers: { 'content-type': type }, body }).then(
        (response) => response.status,
      );
    const text = () => JSON.stringify([first()]);
    expect(await send(JSON.stringify(first()), 'application/cloudevents+json')).toBe(202);
    expect(await send(text(), 'application/cloudevents-batch+json; charset=utf-8')).toBe(202);
    expect(await send(text(), 'application/json')).toBe(202);
    expect(await send(text(), 'text/plain;charset=UTF-8')).toBe(202);
    expect(await send(new Uint8Array(gzipSync(text())), 'text/plain')).toBe(202);
    expect(await historyOf(url, 'visitor-1')).toHaveLength(5);
  });

  it('refuses an unknown key and a foreign page, in a way that the page can read', async () => {
    const send = (query: string, origin: string) =>
      fetch(`${url}/collect?${query}`, { method: 'POST', headers: { origin }, body: '[]' });
    for (const [query, origin, status, code] of [
      ['key=pk_unknown_key', siteOrigin, 401, 'unknown-key'],
      ['', siteOrigin, 401, 'unknown-key'],
      [`key=${siteKey}`, 'http://evil.test', 403, 'wrong-origin'],
      [`key=${siteKey}`, 'null', 403, 'wrong-origin'],
    ] as const) {
      const response = await send(query, origin);
      expect([response.status, (await response.json()).code]).toEqual([status, code]);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('answers rubbish with a problem document, never with a 5xx', async () => {
    for (const [body, status, code] of [
      ['', 400, 'not-json'],
      ['{', 400, 'not-json'],
      ['"text"', 400, 'not-a-batch'],
      ['null', 400, 'not-a-batch'],
      [`[${'1,'.repeat(500)}1]`, 413, 'too-many-events'],
      ['x'.repeat(1024 * 1024 + 1), 413, 'body-too-large'],
      [
        JSON.stringify(Array.from({ length: 400 }, () => anEvent({ data: { text: 'x'.repeat(3000) } }))),
        413,
        'body-too-large',
      ],
    ] as const) {
      const response = await collect(url, body);
      expect([response.status, (await response.json()).code]).toEqual([status, code]);
    }
  });

  it('tells who sends too much why, also where the answer is read only after the whole body is sent', async () => {
    const answer = await answerAfterAll(`${url}/collect?key=${siteKey}`, {}, 4_000_000);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*body-too-large/i);
  });

  it('stops a gzip bomb at the limit', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(200 * 1024 * 1024, ' ')));
    const response = await fetch(`${url}/collect?key=${siteKey}`, { method: 'POST', body: bomb });
    expect([response.status, (await response.json()).code]).toEqual([413, 'body-too-large']);
  });

  it('keeps reserved types and sources for server keys', async () => {
    expect(
      await outcomes(url, [first(), anEvent({ type: 'task:ended' }), anEvent({ source: '/com/cisco/WXCC/1' })]),
    ).toEqual(['ok', 'refused type-reserved', 'refused type-reserved']);
  });

  describe('identity claims', () => {
    it('merges the anonymous journey into the customer who proved to be one', async () => {
      expect(await outcomes(url, [first(), anEvent({ type: 'webvisitMortgage' }), await login()])).toEqual([
        'ok',
        'ok',
        'ok',
      ]);
      expect((await historyOf(url, 'ruegreen@example.com')).map(({ type }) => type).sort()).toEqual([
        'webvisit',
        'webvisitLogin',
        'webvisitMortgage',
      ]);
    });

    it('merges nothing without a valid token, but keeps the event with the visitor', async () => {
      await outcomes(url, [first()]);
      const { identitytoken: _none, ...unproven } = await login();
      expect(await outcomes(url, [unproven])).toEqual(['ok identity-unproven']);
      const forged = await aToken('visitor-1', { secret: 'not the secret of this bank, but long' });
      expect(await outcomes(url, [await login({ identitytoken: forged })])).toEqual(['ok identity-unproven']);
      const swapped = await aToken('somebody-else');
      expect(await outcomes(url, [await login({ identitytoken: swapped })])).toEqual(['ok identity-unproven']);
      expect(await historyOf(url, 'ruegreen@example.com')).toEqual([]);
      const events = await historyOf(url, 'visitor-1');
      expect(events).toHaveLength(4);
      // Nobody who reads the visitor's journey takes the claim for a fact.
      expect(new Set(events.map(({ identity, identitytype }) => `${identitytype} ${identity}`))).toEqual(
        new Set(['temporaryId visitor-1']),
      );
    });

    it('lets nobody write or link under a temporaryId that another browser holds', async () => {
      await outcomes(url, [first()]);
      const thief = { temporarysecret: 'secret-of-a-thief' };
      expect(await outcomes(url, [anEvent(thief)])).toEqual(['refused temporaryid-not-yours']);
      expect(await outcomes(url, [anEvent()])).toEqual(['refused temporaryid-not-yours']);
      expect(await outcomes(url, [await login(thief)])).toEqual(['refused identity-unproven']);
      expect(await historyOf(url, 'ruegreen@example.com')).toEqual([]);
    });

    it('never stores or shows a secret or a token', async () => {
      await outcomes(url, [first(), await login()]);
      const history = JSON.stringify(await historyOf(url, 'visitor-1'));
      expect(history).not.toContain(secret);
      expect(history).not.toMatch(/identitytoken|temporarysecret|eyJ/);
    });
  });
});
