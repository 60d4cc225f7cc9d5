// UC1, directing customer input. A bill is overdue and a text message goes out, then another. When the customer calls, the
// flow asks for the newest payment event about water, and knows what the call is about. Once it is paid, it no longer asks.
import { type Client, main } from './client.ts';

const phone = '+15550100199';

export const notice = (notification: '1' | '2') => ({
  type: 'Payment',
  source: 'SMS%20Notification',
  identity: phone,
  identitytype: 'phone' as const,
  data: {
    phone,
    Reason: 'Past due',
    MessageForUser: 'Your water bill is past due',
    LinkSent: '[Pay now](https://pay.example.com/water)',
    Notification: notification,
    'Past Due Amount': '42.50',
    category: 'Water',
    status: 'overdue',
    channelBreakout: 'sms',
    uiData: { title: `\u{1F4A7} Past due, notice ${notification}`, iconType: 'Payment Notify' },
  },
});

/** What the flow would say at each step. */
export async function directingCustomerInput(client: Client): Promise<string[]> {
  const said = [await greet(client)];
  await client.publish(notice('1'));
  said.push(await greet(client));
  await client.publish(notice('2'));
  said.push(await greet(client));
  await client.publish({
    ...notice('2'),
    data: { phone, category: 'Water', status: 'complete', channelBreakout: 'sms' },
  });
  said.push(await greet(client));
  return said;
}

async function greet(client: Client): Promise<string> {
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
  if (status === 404) return 'How can we help you?';
  const { data } = body.data[0];
  if (data.status === 'complete') return 'Thank you for your payment.';
  return `Are you calling about notice ${data.Notification} of ${data['Past Due Amount']}?`;
}

if (import.meta.main) await main(directingCustomerInput);
