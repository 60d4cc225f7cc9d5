// A store full of persons for the benchmark of the journey: 50 events each over a year, one in ten known by three names,
// and one person with 50,000 events.
import { openSqliteStore, type Store } from '../../src/store/index.ts';

export const workspace = '64f000000000000000000001';
export const heavy = 'heavy@bench.test';
export const heavyEvents = 50_000;
const eventsPerPerson = 50;
const day = Date.UTC(2026, 0, 1);
const notes = 'Looked at the rates of mortgages and went on to another page. '.repeat(4);

/** How many persons make so many events. */
export function personsIn(events: number): number {
  return Math.floor((events - heavyEvents) / eventsPerPerson);
}

/** Fills a store through its own interface, as trusted senders would over a year; larger commits than under visitors. */
export async function fill(file: string, persons: number): Promise<void> {
  const started = performance.now();
  const store = await openSqliteStore({
    file,
    cacheBytes: 512 * 2 ** 20,
    maxQueueBytes: 2 ** 30,
    maxLogBytes: 2 ** 30,
    maxCommitEvents: 20_000,
    maxCommitBytes: 32 * 2 ** 20,
  });
  let batch: string[] = [];
  let waiting = 0;
  const add = async (event: string): Promise<void> => {
    if (batch.push(event) < 500) return;
    const body = new TextEncoder().encode(`[${batch.join(',')}]`);
    batch = [];
    waiting += 1;
    void append(store, body).finally(() => {
      waiting -= 1;
    });
    while (waiting > 80) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  for (let round = 0; round < eventsPerPerson; round += 1) {
    for (let person = 0; person < persons; person += 1) {
      if (batch.length === 499) await add(eventOf(person, round));
      else void add(eventOf(person, round));
    }
  }
  for (let index = 0; index < heavyEvents; index += 1) {
    await add(anEvent({ id: `heavy-${index}`, identity: heavy, at: day + index * 600_000, index }));
  }
  await append(store, new TextEncoder().encode(`[${batch.join(',')}]`));
  while (waiting > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const { sequence } = await store.health();
  await store.close();
  if (sequence !== persons * eventsPerPerson + heavyEvents) throw new Error(`only ${sequence} events were stored`);
  console.log(`filled in ${Math.round((performance.now() - started) / 1000)} s`);
}

/** Throws where a file that is used again was filled for another number of persons. */
export async function requireFilled(file: string, persons: number): Promise<void> {
  const store = await openSqliteStore({ file });
  const last = await store.personOf(workspace, `person-${persons - 1}@bench.test`);
  const beyond = await store.personOf(workspace, `person-${persons}@bench.test`);
  await store.close();
  if (!last || beyond) throw new Error(`${file}: expected a file that was filled for ${persons} persons`);
}

function eventOf(person: number, round: number): string {
  const at = day + round * 7 * 86_400_000 + person * 1000;
  const made = { id: `event-${person}-${round}`, identity: `person-${person}@bench.test`, at, index: round };
  if (person % 10 > 0 || round > 1) return anEvent(made);
  // One in ten is known by e-mail, phone and browser.
  const previousidentity = round === 0 ? `visitor-${person}` : `+1555${String(person).padStart(7, '0')}`;
  return anEvent({ ...made, previousidentity });
}

interface Made {
  id: string;
  identity: string;
  at: number;
  index: number;
  previousidentity?: string;
}

/** As text, because ten million of them are made. */
export function anEvent({ id, identity, at, index, previousidentity }: Made): string {
  return (
    `{"specversion":"1.0","id":"${id}","type":"${index % 10 === 0 ? 'Payment' : 'webvisit'}","source":"bench:website",` +
    `"time":"${new Date(at).toISOString()}","identity":"${identity}","identitytype":"email",` +
    `${previousidentity === undefined ? '' : `"previousidentity":"${previousidentity}",`}` +
    `"datacontenttype":"application/json","data":{"taskId":"web-${index % 1000}",` +
    `"category":"${index % 100 === 0 ? 'Water' : 'Power'}","notes":"${notes}",` +
    `"uiData":{"title":"Website visit","subTitle":"Rates","iconType":"NewVisit"}}}`
  );
}

async function append(store: Store, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const results = await store.append({
    workspace,
    sender: 'trusted',
    repeats: 'publish',
    receivedAt: Date.now(),
    body,
  });
  const bad = results.find(({ result }) => result !== 'ok');
  if (bad) throw new Error(`event ${bad.id}: ${bad.result} ${bad.code}`);
}
