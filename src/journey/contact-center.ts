// Whose event a contact-centre event is (jds-contract 1.4, 1.6): the address at the customer's end of the contact, which
// is its origin, or for what the centre began itself its destination. Later events of a task often name only the task, so
// the customers of recent tasks are kept, in the store too: a call goes on while a server restarts.
import { createHash } from 'node:crypto';
import type { Identitytype } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';

export interface Customer {
  identity: string;
  identitytype: Identitytype;
}

export interface TaskCustomers {
  /** Whose event it is; undefined where it names nobody and its task is not known. */
  find(workspace: string, data: Record<string, unknown>): Promise<Customer | undefined>;
  /** Keeps the customer of the event's task, once the store has the event and so a person for them. */
  keep(workspace: string, data: Record<string, unknown>, customer: Customer): Promise<void>;
}

/** What is on disk names nobody: the person by id, and which of their aliases it was by two bytes of its hash. */
interface KeptTask {
  personId: string;
  alias: string;
}

const kind = 'contact-center-task';

type CustomerStore = Pick<Store, 'documents' | 'putDocument' | 'deleteDocument' | 'person' | 'personOf'>;

export function createTaskCustomers(store: CustomerStore, maxTasks = 20_000): TaskCustomers {
  /** Of events that are just being stored. */
  const fresh = new Map<string, Customer>();
  const kept = new Map<string, Promise<Map<string, KeptTask>>>();

  const tasksOf = (workspace: string): Promise<Map<string, KeptTask>> => {
    const known = kept.get(workspace) ?? readTasks(workspace);
    kept.set(workspace, known);
    // Read again by the next event where it failed.
    known.catch(() => kept.delete(workspace));
    return known;
  };

  const readTasks = async (workspace: string) =>
    new Map((await store.documents(workspace, kind)).map(({ id, body }) => [id, body as unknown as KeptTask]));

  const customerOf = async (workspace: string, task: string): Promise<Customer | undefined> => {
    const found = (await tasksOf(workspace)).get(task);
    const person = found && (await store.person(workspace, found.personId));
    const alias = person?.aliases.find(({ value }) => markOf(value) === found?.alias);
    return alias && { identity: alias.value, identitytype: alias.identitytype };
  };

  const put = async (workspace: string, task: string, customer: KeptTask): Promise<void> => {
    const tasks = await tasksOf(workspace);
    tasks.set(task, customer);
    await store.putDocument(workspace, kind, { id: task, body: { ...customer } });
    const [oldest] = tasks.keys();
    if (tasks.size <= maxTasks || oldest === undefined) return;
    tasks.delete(oldest);
    await store.deleteDocument(workspace, kind, oldest);
  };

  return {
    async find(workspace, data) {
      const task = taskIn(data);
      const named = customerIn(data);
      // What was never stored must not fill the memory.
      if (fresh.size >= maxTasks) fresh.clear();
      if (named && task !== undefined) fresh.set(`${workspace} ${task}`, named);
      if (named || task === undefined) return named;
      return fresh.get(`${workspace} ${task}`) ?? customerOf(workspace, task);
    },
    async keep(workspace, data, { identity }) {
      const task = taskIn(data);
      if (task === undefined) return;
      const alias = markOf(identity);
      const known = (await tasksOf(workspace)).get(task)?.alias === alias;
      const person = known ? undefined : await store.personOf(workspace, identity);
      if (person) await put(workspace, task, { personId: person.id, alias });
      fresh.delete(`${workspace} ${task}`);
    },
  };
}

function taskIn({ taskId }: Record<string, unknown>): string | undefined {
  return typeof taskId === 'string' && taskId !== '' && taskId.length <= 200 ? taskId : undefined;
}

function markOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 4);
}

function customerIn(data: Record<string, unknown>): Customer | undefined {
  const outbound = String(data['direction'] ?? '').toUpperCase() === 'OUTBOUND' || Boolean(data['outboundType']);
  const address = data[outbound ? 'destination' : 'origin'];
  if (typeof address !== 'string' || address.trim() === '') return undefined;
  const identity = address.trim();
  return { identity, identitytype: typeOf(identity, String(data['channelType'] ?? '').toLowerCase()) };
}

function typeOf(identity: string, channel: string): Identitytype {
  if (/^[^\s@]+@[^\s@]+$/.test(identity)) return 'email';
  if (channel === 'telephony' || /^\+\d[\d\s().-]{4,}$/.test(identity)) return 'phone';
  return /^\+?\d{7,15}$/.test(identity) ? 'phone' : 'socialId';
}
