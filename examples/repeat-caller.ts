// UC2, repeat caller. Each call that waits in the payment queue is an event; the flow reads how often this customer has
// waited in the last five minutes, by position, as Cisco's sample flow does.
import { type Client, keepTemplate, main } from './client.ts';

const phone = '+15550100199';

export const template = {
  name: 'RepeatCaller',
  attributes: [
    {
      version: '0.1',
      event: 'Payment Queue',
      metaData: 'category',
      metaDataType: 'string',
      limit: 100,
      displayName: 'Repeat calls in the last 5 minutes',
      lookBackDurationType: 'minutes',
      lookBackPeriod: 5,
      aggregationMode: 'Count',
      rules: { logic: 'SINGLE', condition: 'Payment Queue,category,string,Value EQ Payment' },
      widgetAttributes: { type: 'table' },
      verbose: false,
    },
  ],
};

/** The number that the flow reads after each of three calls. */
export async function repeatCaller(client: Client): Promise<string[]> {
  await keepTemplate(client, template);
  const read: string[] = [];
  for (let calls = 0; calls < 3; calls += 1) {
    await client.publish({
      type: 'Payment Queue',
      source: 'Voice%20Contact',
      identity: phone,
      identitytype: 'phone',
      data: { phone, category: 'Payment', channelBreakout: 'voice', uiData: { iconType: 'QueueCallNeutral' } },
    });
    const aliases = encodeURIComponent(phone);
    const person = await client.call('GET', `/admin/v1/api/person/workspace-id/{ws}/aliases/${aliases}`);
    const path = `person-id/${person.body.data[0].id}/template-id/RepeatCaller`;
    const view = await client.call('GET', `/v1/api/progressive-profile-view/workspace-id/{ws}/${path}`);
    read.push(view.body.data[0].attributes[0].result);
  }
  return read;
}

if (import.meta.main) await main(repeatCaller);
