// Whose event a contact-centre event is (jds-contract 1.4, 1.6): the address at the customer's end of the contact, which
// is its origin, or for what the centre began itself its destination. Later events of a task often name only the task, so
// the customers of recent tasks are remembered.
import type { Identitytype } from '../protocol/index.ts';

export interface Customer {
  identity: string;
  identitytype: Identitytype;
}

export type FindCustomer = (workspace: string, data: Record<string, unknown>) => Customer | undefined;

const maxTasks = 20_000;

export function createCustomerFinder(): FindCustomer {
  const tasks = new Map<string, Customer>();
  return (workspace, data) => {
    const taskId = typeof data['taskId'] === 'string' ? `${workspace} ${data['taskId']}` : undefined;
    const customer = customerIn(data) ?? (taskId === undefined ? undefined : tasks.get(taskId));
    if (customer && taskId !== undefined) {
      tasks.delete(taskId);
      tasks.set(taskId, customer);
      const [oldest] = tasks.keys();
      if (tasks.size > maxTasks && oldest !== undefined) tasks.delete(oldest);
    }
    return customer;
  };
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
