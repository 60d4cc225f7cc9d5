// UC1, directing customer input. A bill is overdue and a text message goes out, then another. When the customer calls, the
// flow asks for the newest payment event about water, and knows what the call is about. Once it is paid, it no longer asks.
import { type Answer, type Client, main, type NewEvent } from './client.ts';

const rue = '+15550100199';
const amount = '42.50';
const about = { category: 'Water', 'Past Due Amount': amount, channelBreakout: 'sms' };

const payment = (phone: string, data: Record<string, unknown>): NewEvent => ({
  type: 'Payment',
  source: 'SMS%20Notification',
  identity: phone,
  identitytype: 'phone',
  data: { phone, ...about, ...data },
});

export const notice = (notification: '1' | '2', phone: string = rue): NewEvent =>
  payment(phone, {
    Reason: 'Past due',
    MessageForUser: 'Your water bill is past due',
    LinkSent: '[Pay now](https://pay.example.com/water)',
    Notification: notification,
    status: 'overdue',
    uiData: { title: `\u{1F4A7} Past due, notice ${notification}`, iconType: 'Payment Notify' },
  });

export const paid = (phone: string = rue): NewEvent =>
  payment(phone, { status: 'complete', uiData: { title: '\u{1F4A7} Water bill paid', iconType: 'Payment Complete' } });

/** What the flow would say at each step. */
export async function directingCustomerInput(client: Client): Promise<string[]> {
  const said = [await greet(client)];
  await client.publish(notice('1'));
  said.push(await greet(client));
  await client.publish(notice('2'));
  said.push(await greet(client));
  await client.publish(paid());
  said.push(await greet(client));
  return said;
}

async function greet(client: Client): Promise<string> {
  const data = await newestBill(client, rue);
  if (!data) return 'How can we help you?';
  if (data.status === 'complete') return 'Thank you for your payment.';
  return `Are you calling about notice ${data.Notification} of ${data['Past Due Amount']}?`;
}

/** What the newest payment event about water says; undefined where there is none. */
export async function newestBill(client: Client, phone: string): Promise<Answer | undefined> {
  const query = new URLSearchParams({
    identity: phone,
    filter: "type=='Payment'",
    data: "category=='Water'",
    pageSize: '1',
  });
  const { status, body } = await client.call('GET', `/v1/api/events/workspace-id/{ws}?${query}`, undefined, {
    also: [404],
  });
  // 404 is the contract's way to say that there is nothing.
  return status === 404 ? undefined : body.data[0].data;
}

if (import.meta.main) await main(directingCustomerInput);
