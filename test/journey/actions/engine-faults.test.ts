// The engine where things go wrong: requests that overtake each other, events and people that go while it works, numbers
// that strangers send, a disk that was full.
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAction } from '../../../src/journey/actions/action.ts';
import { createActions } from '../../../src/journey/actions/actions.ts';
import { startActionEngine } from '../../../src/journey/actions/engine.ts';
import { compileAttribute } from '../../../src/journey/profiles/aggregate.ts';
import { createTemplates } from '../../../src/journey/profiles/templates.ts';
import { firedKind } from '../../../src/journey/profiles/view.ts';
import type { JsonObject, TemplateAttribute } from '../../../src/protocol/index.ts';
import { openSqliteStore, type Store, webhookLanes } from '../../../src/store/index.ts';
import { aFolder, anEvent, until, workspace } from '../../helpers.ts';
import { anAttribute, now as start } from '../profiles/helpers.ts';

describe('the engine of actions', () => {
  it('counts what was stored before, also where it was received a moment later', async () => {
    const { store, actions, made, engine } = await anEngine();
    const rules = { logic: 'SINGLE', condition: 'buy,origin,string,Count EQ 2' };
    const { action } = await actions.create(
      workspace,
      made.template.id,
      parseAction({ name: 'A', rules }, made.attributes),
      'test',
    );
    // Requests overtake each other between their arrival and the store.
    const [, second] = [await buy(store, start + 5), await buy(store, start)];
    await until('both were judged', () => engine.sequence() >= second);
    await engine.stop();
    const notes = await store.notes(workspace, { kind: firedKind, subject: action.id, limit: 10 });
    expect(notes.map(({ sequence, body }) => [sequence, body['result']])).toEqual([[second, '2']]);
  });

  it('passes by what was erased, and nothing that came while it asked', async () => {
    let meanwhile: Promise<number> | undefined;
    const { store, actions, made, engine } = await anEngine({}, (open) => ({
      ...open,
      follow: async (query) => {
        if (meanwhile) return open.follow(query);
        meanwhile = buy(open, start);
        await meanwhile;
        return [];
      },
    }));
    const rules = { logic: 'SINGLE', condition: 'buy,origin,string,Count GTE 1' };
    await actions.create(workspace, made.template.id, parseAction({ name: 'A', rules }, made.attributes), 'test');
    await buy(store, start);
    const last = await until('another came', () => meanwhile);
    await until('it was judged', () => engine.sequence() >= last);
    await engine.stop();
    const notes = await store.notes(workspace, { kind: firedKind, limit: 10 });
    expect(notes.map(({ sequence }) => sequence)).toEqual([last]);
  });

  it('judges on after an event with a time that no calendar has', async () => {
    const { store, actions, made, engine } = await anEngine({
      metaData: 'due',
      metaDataType: 'utc_datetime',
      aggregationMode: 'Max',
    });
    const rules = { logic: 'SINGLE', condition: 'buy,due,utc_datetime,Max GT 2020-01-01T00:00:00Z' };
    await actions.create(workspace, made.template.id, parseAction({ name: 'A', rules }, made.attributes), 'test');
    await buy(store, start, { due: 1e300 });
    const last = await buy(store, start + 1, { due: '2026-01-01T00:00:00Z' });
    await until('both were judged', () => engine.sequence() >= last);
    await engine.stop();
    const notes = await store.notes(workspace, { kind: firedKind, limit: 10 });
    expect(notes.map(({ sequence }) => sequence)).toEqual([last]);
  });

  it('tells no webhook of a person who was erased while their event was judged', async () => {
    const { store, actions, made, engine } = await anEngine({}, (open) => {
      let erased: Promise<unknown> | undefined;
      return {
        ...open,
        // The last moment before what fired is kept.
        enqueue: async (...what) => {
          const person = await open.personOf(workspace, 'ann');
          erased ??= person && open.erase(workspace, person.id);
          await open.enqueue(...what);
          await erased;
        },
      };
    });
    const rules = { logic: 'SINGLE', condition: 'buy,origin,string,Count GTE 1' };
    const actionTriggers = [{ type: 'Webhook', webhookURL: 'https://flows.example.com/' }];
    const given = parseAction({ name: 'A', rules, actionTriggers }, made.attributes);
    await actions.create(workspace, made.template.id, given, 'test');
    const last = await buy(store, start);
    await until('it was judged', () => engine.sequence() >= last);
    await engine.stop();
    expect(await store.deliveries(workspace, { lane: webhookLanes, limit: 10 })).toEqual([]);
    expect(await store.notes(workspace, { kind: firedKind, limit: 10 })).toEqual([]);
  });
});

describe('the first action', () => {
  it('can be made after an attempt that failed', async () => {
    const store = await openSqliteStore({ file: `${aFolder()}/x.db` });
    onTestFinished(() => store.close());
    let left = 1;
    const putDocument: Store['putDocument'] = (...what) =>
      left-- > 0 ? Promise.reject(new Error('the disk is full')) : store.putDocument(...what);
    const actions = createActions({ ...store, putDocument }, () => start);
    const rules = { logic: 'SINGLE' as const, condition: 'buy,origin,string,Count GTE 1' };
    const action = parseAction({ name: 'A', rules }, [compileAttribute(anAttribute({ event: 'buy' }), undefined)]);
    await expect(actions.create(workspace, 't', action, 'test')).rejects.toThrow('disk');
    expect((await actions.create(workspace, 't', action, 'test')).action.name).toBe('A');
  });
});

/** An engine over a new store, with a template whose one attribute looks at `buy`. */
async function anEngine(
  attribute: Partial<TemplateAttribute> = {},
  around: (store: Store) => Store = (store) => store,
) {
  const now = () => start;
  const opened = await openSqliteStore({ file: `${aFolder()}/x.db`, now });
  onTestFinished(() => opened.close());
  const store = around(opened);
  const [templates, actions] = [createTemplates(store, now), createActions(store, now)];
  const onError = (error: unknown) => expect.unreachable(String(error));
  const engine = await startActionEngine({ store, templates, actions, now, onError });
  const attributes = [anAttribute({ event: 'buy', lookBackPeriod: 10, ...attribute })];
  const made = await templates.create(workspace, { name: 'T', attributes }, 'test');
  return { store, actions, made, engine };
}

/** The sequence of a purchase at a time. */
async function buy(store: Store, receivedAt: number, data: JsonObject = {}): Promise<number> {
  const time = new Date(receivedAt).toISOString();
  const event = anEvent({ identity: 'ann', identitytype: 'customerId', type: 'buy', time, data });
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify([event])));
  const [result] = await store.append({ workspace, sender: 'trusted', repeats: 'publish', receivedAt, body });
  return result?.sequence ?? -1;
}
