// Who is joined with whom when pages and back ends say who somebody is: the five rules of the design, jds-contract 1.3.
import { describe, expect, it } from 'vitest';
import type { WireEvent } from '../../../src/protocol/index.ts';
import type { AppendBatch } from '../../../src/store/index.ts';
import {
  anEvent,
  aProof,
  aStore,
  identifyEvent,
  login,
  noon,
  type OpenStore,
  outcomes,
  pageEvent,
  send,
  trusted,
  valuesOf,
  workspace,
} from '../helpers.ts';

export function describeJoining(open: OpenStore): void {
  describe('joining', () => {
    it('joins an anonymous browser with the person who owns the proven identity (rule 1)', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('b1', { id: 'before' }));
      const result = await login(store, 'b1', 'ann@x.com', 'email', { id: 'login' });
      expect(result).toMatchObject({ result: 'ok' });
      expect(result?.code).toBeUndefined();
      expect(await valuesOf(store, 'ann@x.com')).toEqual(['b1', 'ann@x.com']);
      const found = await store.history({ workspace, identity: 'ann@x.com' });
      expect(found.map(({ event, trust }) => [event.id, trust])).toEqual([
        ['login', 'verified'],
        ['before', 'verified'],
      ]);
    });

    it('joins a visitor to an identity without an event by the same rules, and makes no visitor', async () => {
      const store = await aStore({}, open);
      const by = { cause: 'agent:desk call-code', trust: 'agent' } as const;
      const join = (temporaryId: string, identity: string, identitytype: 'phone' | 'email' = 'phone') =>
        store.joinVisitor(workspace, { temporaryId, identity, identitytype }, by);
      await send(store, pageEvent('b1'));
      expect(await join('b1', '+15550100')).toMatchObject({ result: 'joined' });
      expect(await join('b1', '1 555 0100')).toMatchObject({ result: 'already-joined' });
      await login(store, 'b2', 'ann@x.com');
      expect(await join('b2', '+15550100')).toMatchObject({ result: 'refused', code: 'identity-conflict' });
      expect(await join('b2', 'eve@x.com', 'email')).toMatchObject({ result: 'refused', code: 'identity-conflict' });
      expect(await valuesOf(store, 'b2')).toEqual(['b2', 'ann@x.com']);
      await expect(join('b3', '+15550101')).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.personOf(workspace, '+15550101')).toBeUndefined();
      expect((await store.personOfVisitor(workspace, 'b1'))?.id).toBe(
        (await store.personOf(workspace, '+15550100'))?.id,
      );
      expect(await store.personOfVisitor(workspace, 'ann@x.com')).toBeUndefined();
    });

    it('joins two visitors of whom one is known at most, and makes none', async () => {
      const store = await aStore({}, open);
      const by = { cause: 'cross-domain:https://shop.example', trust: 'verified' } as const;
      const join = (from: string, to: string) => store.joinVisitors(workspace, from, to, by);
      await send(store, [pageEvent('b1'), pageEvent('b2'), pageEvent('b3'), pageEvent('b4')]);
      expect(await join('b1', 'b2')).toMatchObject({ result: 'joined' });
      expect(await join('b2', 'b1')).toEqual({ result: 'already-joined' });
      await login(store, 'b2', 'ann@x.com');
      expect(await join('b3', 'b1')).toMatchObject({ result: 'joined' });
      expect(await valuesOf(store, 'ann@x.com')).toEqual(['b1', 'b2', 'b3', 'ann@x.com']);
      await login(store, 'b4', 'eve@x.com');
      expect(await join('b4', 'b3')).toEqual({ result: 'refused', code: 'identity-conflict' });
      expect(await join('b1', 'b4')).toEqual({ result: 'refused', code: 'identity-conflict' });
      expect(await valuesOf(store, 'eve@x.com')).toEqual(['b4', 'eve@x.com']);
      for (const [from, to] of [
        ['b1', 'b9'],
        ['b9', 'b1'],
      ] as const)
        await expect(join(from, to)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('knows by a link between two visitors who one is from when on the other one is known, over any number of links', async () => {
      let clock = noon;
      const store = await aStore({ now: () => clock }, open);
      const by = { cause: 'cross-domain:https://shop.example', trust: 'verified' } as const;
      const at = (minutes: number) => ({ id: `${minutes}`, time: new Date(noon + minutes * 60_000).toISOString() });
      const receivedAt = noon + 3_600_000;
      await send(store, [pageEvent('b1'), pageEvent('b2'), pageEvent('b3')], { receivedAt });
      for (const [minutes, from, to] of [
        [1, 'b1', 'b2'],
        [2, 'b2', 'b3'],
      ] as const) {
        clock = noon + minutes * 60_000;
        await store.joinVisitors(workspace, from, to, by);
      }
      await send(store, [pageEvent('b3', at(3)), pageEvent('b3', at(5))], { receivedAt });
      const trusts = async () =>
        (await store.history({ workspace, identity: 'b3' }))
          .filter(({ event }) => ['3', '5'].includes(event.id))
          .map(({ event, trust }) => [event.id, trust]);
      expect(await trusts()).toEqual([
        ['5', 'anonymous'],
        ['3', 'anonymous'],
      ]);
      clock = noon + 4 * 60_000;
      await store.link(workspace, {
        from: { value: 'b1', identitytype: 'temporaryId' },
        to: { value: 'ann@x.com', identitytype: 'email' },
        cause: 'agent:bo',
        trust: 'agent',
      });
      expect(await trusts()).toEqual([
        ['5', 'recognised'],
        ['3', 'anonymous'],
      ]);
    });

    it('knows who holds a temporaryId by the secret of its first event', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('b1', { temporarysecret: 'right' }));
      expect(await store.holdsTemporaryId(workspace, 'b1', 'right')).toBe(true);
      expect(await store.holdsTemporaryId(workspace, 'b1', 'wrong')).toBe(false);
      expect(await store.holdsTemporaryId(workspace, 'b2', 'right')).toBe(false);
      expect(await store.holdsTemporaryId('64f000000000000000000009', 'b1', 'right')).toBe(false);
    });

    it('lets no page name its browser like a customer: who asks for the customer would see that browser', async () => {
      const store = await aStore({}, open);
      for (const name of ['ann@x.com', '+15550100', '1 (555) 010-0']) {
        expect(outcomes(await send(store, pageEvent(name)))).toEqual(['refused invalid-event']);
        expect(outcomes(await send(store, identifyEvent(name, 'eve@x.com')))).toEqual(['refused invalid-event']);
        expect(await store.personOf(workspace, name)).toBeUndefined();
      }
      expect(await store.personOf(workspace, 'eve@x.com')).toBeUndefined();
    });

    it('joins further browsers of the same customer into the older person', async () => {
      const store = await aStore({}, open);
      await login(store, 'b1', 'ann@x.com');
      const first = await store.personOf(workspace, 'b1');
      await send(store, pageEvent('b2'));
      await login(store, 'b2', 'ann@x.com');
      expect(await valuesOf(store, 'b2')).toEqual(['b1', 'ann@x.com', 'b2']);
      expect((await store.personOf(workspace, 'b2'))?.id).toBe(first?.id);
    });

    it('adds a proven identity of another type that nobody owns (rule 2)', async () => {
      const store = await aStore({}, open);
      await login(store, 'b1', 'ann@x.com');
      expect((await login(store, 'b1', '+15550100', 'phone'))?.code).toBeUndefined();
      expect(await valuesOf(store, '15550100')).toEqual(['b1', 'ann@x.com', '+15550100']);
    });

    it('joins two known people only when one token names an identity of each (rule 2)', async () => {
      const store = await aStore({}, open);
      await trusted(store, anEvent({ identity: '+15550100', identitytype: 'phone' }));
      await login(store, 'b1', 'ann@x.com');
      expect(await login(store, 'b1', '+15550100', 'phone')).toMatchObject({ result: 'ok', code: 'identity-conflict' });
      expect(await valuesOf(store, '+15550100')).toEqual(['+15550100']);
      const both = { identities: [{ identity: 'ann@x.com', identitytype: 'email' as const }] };
      expect((await login(store, 'b1', '+15550100', 'phone', {}, both))?.code).toBeUndefined();
      expect(await valuesOf(store, 'ann@x.com')).toEqual(['+15550100', 'b1', 'ann@x.com']);
    });

    it('never joins another value of the same type, whatever the token names (rule 3)', async () => {
      const store = await aStore({}, open);
      await login(store, 'b1', 'ann@x.com');
      const both = { identities: [{ identity: 'ann@x.com', identitytype: 'email' as const }] };
      expect(await login(store, 'b1', 'bob@x.com', 'email', {}, both)).toMatchObject({ code: 'identity-conflict' });
      expect(await valuesOf(store, 'bob@x.com')).toEqual(['bob@x.com']);
      expect(await valuesOf(store, 'b1')).toEqual(['b1', 'ann@x.com']);
    });

    it('stores an unproven claim under the temporaryId and keeps it as provisional (rule 4)', async () => {
      const store = await aStore({}, open);
      await trusted(store, anEvent({ identity: 'ann@x.com', identitytype: 'email' }));
      const answers = await send(store, [
        identifyEvent('b1', 'ann@x.com', 'email', { id: 'claim' }),
        identifyEvent('b1', 'ann@x.com'),
      ]);
      expect(outcomes(answers)).toEqual(['ok identity-unproven', 'ok identity-unproven']);
      const person = await store.personOf(workspace, 'b1');
      expect(person?.aliases.map(({ value }) => value)).toEqual(['b1']);
      expect(person?.provisional).toMatchObject([
        {
          from: { value: 'b1' },
          to: { value: 'ann@x.com', identitytype: 'email' },
          trust: 'provisional',
          cause: 'event:claim',
        },
      ]);
      expect(await store.history({ workspace, identity: 'ann@x.com' })).toHaveLength(1);
      expect((await store.personOf(workspace, 'ann@x.com'))?.provisional).toEqual([]);
    });

    it('does not make a person of a name that was only claimed', async () => {
      const store = await aStore({}, open);
      await send(store, identifyEvent('b1', 'ann@x.com'));
      expect(await store.personOf(workspace, 'ann@x.com')).toBeUndefined();
      expect(await store.persons(workspace, { limit: 10, offset: 0 })).toHaveLength(1);
    });

    it.each([
      ['names somebody else', aProof('bob@x.com')],
      ['is of another type', aProof('ann@x.com', 'customerId')],
      ['was made for another browser', aProof('ann@x.com', 'email', { temporaryId: 'b2' })],
    ])('takes a token that %s for none', async (_, proof) => {
      const store = await aStore({}, open);
      const answers = await send(store, identifyEvent('b1', 'ann@x.com'), { findings: { 0: { proof } } });
      expect(outcomes(answers)).toEqual(['ok identity-unproven']);
      expect(await valuesOf(store, 'b1')).toEqual(['b1']);
    });

    it('believes a token that names the identity among others or in another spelling', async () => {
      const store = await aStore({}, open);
      const proof = aProof('c-1', 'customerId', {
        temporaryId: 'b1',
        identities: [{ identity: '+1 (555) 0100', identitytype: 'phone' }],
      });
      const answers = await send(store, identifyEvent('b1', '+15550100', 'phone'), { findings: { 0: { proof } } });
      expect(outcomes(answers)).toEqual(['ok']);
      expect(await valuesOf(store, 'b1')).toEqual(['b1', '+15550100']);
    });

    it('refuses a known identity from a page that does not prove to be a browser', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('b1'));
      const answers = await send(
        store,
        [
          identifyEvent('b1', 'ann@x.com', 'email', { previousidentity: null }),
          identifyEvent('b1', 'ann@x.com', 'email', { previousidentity: 'none' }),
          identifyEvent('b1', 'ann@x.com', 'email', { temporarysecret: 'guess' }),
        ],
        {
          findings: {
            0: { proof: aProof('ann@x.com') },
            1: { proof: aProof('ann@x.com') },
            2: { proof: aProof('ann@x.com') },
          },
        },
      );
      expect(new Set(outcomes(answers))).toEqual(new Set(['refused identity-unproven']));
      expect(await store.personOf(workspace, 'ann@x.com')).toBeUndefined();
    });

    it('never links a block-listed value (rule 5)', async () => {
      const store = await aStore({}, open);
      expect(await login(store, 'b1', 'test@test.com')).toMatchObject({ result: 'ok', code: 'identity-blocked' });
      expect(await login(store, 'b2', 'test@test.com')).toMatchObject({ result: 'ok', code: 'identity-blocked' });
      expect(await valuesOf(store, 'b1')).toEqual(['b1']);
      expect(await store.personOf(workspace, 'test@test.com')).toBeUndefined();
      const link = {
        trust: 'api' as const,
        cause: 'api:1',
        from: { value: 'b1', identitytype: 'temporaryId' as const },
      };
      const outcome = await store.link(workspace, { ...link, to: { value: 'null', identitytype: 'customerId' } });
      expect(outcome).toMatchObject({ result: 'refused', code: 'identity-blocked' });
    });

    it('refuses with a warning when a person would have too many identities of a type', async () => {
      const store = await aStore({ limits: { temporaryId: 2 } }, open);
      for (const browser of ['b1', 'b2']) await login(store, browser, 'ann@x.com');
      expect(await login(store, 'b3', 'ann@x.com')).toMatchObject({ result: 'ok', code: 'identity-limit' });
      expect(await valuesOf(store, 'b1')).toEqual(['b1', 'ann@x.com', 'b2']);
      expect(await valuesOf(store, 'b3')).toEqual(['b3']);
    });

    it('does not let a temporaryId squat on the name of a customer', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('C-8871', { id: 'squatter' }));
      await login(store, 'b1', 'C-8871', 'customerId');
      expect(await valuesOf(store, 'C-8871')).toEqual(['b1', 'C-8871']);
      const found = await store.history({ workspace, identity: 'C-8871' });
      expect(found.map(({ event }) => event.id)).not.toContain('squatter');
    });

    it.each([
      ['off', 'ok'],
      ['report', 'ok identity-unproven'],
    ] as const)('believes every page where verification is %s', async (verify, expected) => {
      const store = await aStore({}, open);
      const answers = await send(store, identifyEvent('b1', 'ann@x.com', 'email', { id: 'login' }), { verify });
      expect(outcomes(answers)).toEqual([expected]);
      expect(await valuesOf(store, 'b1')).toEqual(['b1', 'ann@x.com']);
      const [found] = await store.history({ workspace, identity: 'b1' });
      expect(found).toMatchObject({ event: { id: 'login' }, trust: 'recognised' });
    });

    it('tells how sure each event is: the session of the proof, later sessions, earlier ones', async () => {
      const store = await aStore({}, open);
      const at = (minutes: number, taskId: string) => ({
        id: `${taskId}@${minutes}`,
        time: new Date(noon + minutes * 60_000).toISOString(),
        data: { taskId },
      });
      const receivedAt = noon + 3_600_000;
      await send(store, [pageEvent('b1', at(0, 'early')), pageEvent('b1', at(1, 'proof'))], { receivedAt });
      const event = identifyEvent('b1', 'ann@x.com', 'email', at(2, 'proof'));
      await send(store, event, { receivedAt, findings: { 0: { proof: aProof('ann@x.com') } } });
      await send(store, [pageEvent('b1', at(3, 'proof')), pageEvent('b1', at(4, 'later'))], { receivedAt });
      const trusts = async () =>
        Object.fromEntries(
          (await store.follow({ after: 0, limit: 10 })).map(({ event: { id }, trust }) => [id, trust]),
        );
      expect(await trusts()).toEqual({
        'early@0': 'anonymous',
        'proof@1': 'verified',
        'proof@2': 'verified',
        'proof@3': 'verified',
        'later@4': 'recognised',
      });
      const person = await store.personOf(workspace, 'b1');
      const [link] = await store.explain(workspace, person?.id ?? '');
      await store.unlink(workspace, link?.id ?? 0, { cause: 'agent:bo', trust: 'agent' });
      expect(await trusts()).toMatchObject({ 'proof@1': 'anonymous', 'proof@2': 'verified', 'later@4': 'anonymous' });
    });

    it('takes the word of a trusted sender: previousidentity joins known and unknown, the older person survives', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('5f0a1b9e-6a77-4a6e-9b61-0c8a77e0b111'));
      await trusted(store, anEvent({ identity: 'old@x.com', identitytype: 'email' }));
      const older = await store.personOf(workspace, '5f0a1b9e-6a77-4a6e-9b61-0c8a77e0b111');
      const previousidentity = ' 5f0a1b9e-6a77-4a6e-9b61-0c8a77e0b111';
      await trusted(store, anEvent({ identity: '+15550100', identitytype: 'phone', previousidentity }));
      await trusted(store, anEvent({ identity: '+15550100', identitytype: 'phone', previousidentity: 'old@x.com' }));
      await trusted(
        store,
        anEvent({ identity: '+15550100', identitytype: 'phone', previousidentity: 'never-seen-before@x.com' }),
      );
      const person = await store.personOf(workspace, 'never-seen-before@x.com');
      expect(person?.id).toBe(older?.id);
      expect(person?.aliases.map(({ value, identitytype }) => [value, identitytype])).toEqual([
        ['5f0a1b9e-6a77-4a6e-9b61-0c8a77e0b111', 'temporaryId'],
        ['old@x.com', 'email'],
        ['+15550100', 'phone'],
        ['never-seen-before@x.com', 'email'],
      ]);
    });

    it('links once, however often the login arrives', async () => {
      const store = await aStore({}, open);
      const event = identifyEvent('b1', 'ann@x.com');
      const findings = { 0: { proof: aProof('ann@x.com') } };
      expect(outcomes(await send(store, event, { findings }))).toEqual(['ok']);
      expect(outcomes(await send(store, event, { findings }))).toEqual(['duplicate']);
      await login(store, 'b1', 'ann@x.com');
      const person = await store.personOf(workspace, 'b1');
      expect(await store.explain(workspace, person?.id ?? '')).toHaveLength(1);
    });

    it('says of a repeat what became of its claim, for the first answer may have been lost on the way', async () => {
      const store = await aStore({}, open);
      await login(store, 'b1', 'ann@x.com');
      const told = async (event: WireEvent, findings: AppendBatch['findings'] = {}) => {
        const twice = [await send(store, event, { findings }), await send(store, event, { findings })];
        return twice.flatMap((results) => outcomes(results));
      };
      const proven = (identity: string) => ({ 0: { proof: aProof(identity) } });
      expect(await told(identifyEvent('b1', 'bob@x.com'), proven('bob@x.com'))).toEqual([
        'ok identity-conflict',
        'duplicate identity-conflict',
      ]);
      expect(await told(identifyEvent('b1', 'bob@x.com'), { 0: { unproven: 'out of date' } })).toEqual([
        'ok identity-unproven',
        'duplicate identity-unproven',
      ]);
      expect(await told(identifyEvent('b1', 'null@example.com'))).toEqual([
        'ok identity-blocked',
        'duplicate identity-blocked',
      ]);
      const event = identifyEvent('b2', 'bob@x.com');
      expect(await told(event, proven('bob@x.com'))).toEqual(['ok', 'duplicate']);
      // Its token is out of date by now, and has proven what it says.
      expect(outcomes(await send(store, event, { findings: { 0: { unproven: 'out of date' } } }))).toEqual([
        'duplicate',
      ]);
    });

    it('tells who was joined since a time: by logins, links and what was confirmed, not by claims or removed links', async () => {
      let clock = noon;
      const store = await aStore({ now: () => clock }, open);
      await login(store, 'b1', 'ann@x.com');
      const joined = async (since: number) =>
        Promise.all(
          (await store.joinedSince(since, 10)).map(async ({ personId, at }) => [
            at - noon,
            (await store.person(workspace, personId))?.aliases.map(({ value }) => value),
          ]),
        );
      expect(await joined(noon)).toEqual([[0, ['b1', 'ann@x.com']]]);
      const edge = (from: string, to: string) => ({
        from: { value: from, identitytype: 'temporaryId' as const },
        to: { value: to, identitytype: 'email' as const },
      });
      await store.link(workspace, { ...edge('b2', 'bob@x.com'), cause: 'event:1', trust: 'provisional' });
      clock = noon + 1_000;
      const removed = await store.link(workspace, { ...edge('b3', 'cy@x.com'), cause: 'api:1', trust: 'api' });
      await store.unlink(workspace, removed.linkId ?? 0, { cause: 'api:1', trust: 'api' });
      expect(await joined(noon + 1)).toEqual([]);
      clock = noon + 2_000;
      const claim = (await store.personOf(workspace, 'b2'))?.provisional[0];
      await store.confirm(workspace, claim?.id ?? 0, { cause: 'agent:bo', trust: 'agent' });
      expect(await joined(noon + 1)).toEqual([[2_000, expect.arrayContaining(['b2', 'bob@x.com'])]]);
      expect(await store.joinedSince(noon, 1)).toHaveLength(1);
    });
  });
}
