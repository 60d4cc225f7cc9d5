// The water bill that Home Bank collects (recipe UC1, examples/directing-customer-input.ts): notices go out by SMS, the
// customer pays at the bank, and each step stands in the journey, written with the bank's own server key. Nothing is kept
// here: whether a bill is due is asked of the journey, as a call flow would.
import { createClient } from '../../examples/client.ts';
import { newestBill, notice, paid } from '../../examples/directing-customer-input.ts';
import { BadRequest } from './http.mjs';

/** The bank knows whose number it is: what it writes under the phone belongs to the journey under the e-mail address. */
export async function nameCustomer(client, { firstName, lastName, email, phone }) {
  const persons = '/admin/v1/api/person/merge-identities/workspace-id/{ws}';
  await client.call('POST', persons, { firstName, lastName, email: [email], phone: [phone] });
}

/** @param {{ relay: string, workspace: string, token: string | undefined }} options `token`: a server key that may write */
export function createBills({ relay, workspace, token }) {
  const client = createClient({ base: relay, workspace, token });

  /** Of a customer's phone: `none`, `overdue` with the notice and the amount, or `complete`. */
  async function of(phone) {
    const data = token && phone ? await newestBill(client, phone) : undefined;
    if (!data) return { status: 'none' };
    const { status, Notification, 'Past Due Amount': amount } = data;
    return { status, amount, ...(status === 'overdue' && { notice: Number(Notification) }) };
  }

  return {
    of,
    /** The first notice, or the second where the first did not help. */
    async remind(customer) {
      const { phone } = customer;
      const { status, notice: sent = 0 } = await of(phone);
      if (status === 'overdue' && sent >= 2) throw new BadRequest(409, 'Both notices have gone out already.');
      await nameCustomer(client, customer);
      await client.publish(notice(status === 'overdue' ? '2' : '1', phone));
    },
    async pay(phone) {
      const { status } = await of(phone);
      if (status !== 'overdue') throw new BadRequest(409, 'There is nothing to pay.');
      await client.publish(paid(phone));
    },
  };
}
