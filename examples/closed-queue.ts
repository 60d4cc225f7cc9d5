// UC3, saving the customer. Whoever reaches a closed queue for the second time within an hour gets a call back: the action
// tells a flow once, and not again for an hour.
import { type Client, keepAction, keepTemplate, main } from './client.ts';

const phone = '+15550100199';

export const template = {
  name: 'ClosedCaller',
  attributes: [
    {
      version: '0.1',
      event: 'Closed Queue',
      metaData: 'category',
      metaDataType: 'string',
      limit: 100,
      displayName: 'Calls to a closed queue in the last hour',
      lookBackDurationType: 'minutes',
      lookBackPeriod: 60,
      aggregationMode: 'Count',
      rules: { logic: 'SINGLE', condition: 'Closed Queue,category,string,Value EQ Closed' },
      widgetAttributes: { type: 'table' },
      verbose: false,
    },
  ],
};

export const action = (webhookURL: string) => ({
  name: 'Closed Queue Action',
  isActive: true,
  cooldownPeriodInMinutes: 60,
  rules: { logic: 'SINGLE', condition: 'Closed Queue,category,string,Count EQ 2' },
  actionTriggers: [
    {
      type: 'Webhook',
      webhookURL,
      attributes: {
        httpverb: 'post',
        requestbody: '{"callBack":"{{identity}}","calls":"{{result}}","why":"{{data.uiData.title}}"}',
      },
    },
  ],
});

/** Three calls after hours; answers what the profile says then. */
export async function closedQueue(client: Client, hook: string): Promise<string> {
  await keepTemplate(client, template);
  await keepAction(client, template, action(hook));
  for (const title of ['Unstaffed While in Queue', 'Called After Hours', 'Called After Hours']) {
    await client.publish({
      type: 'Closed Queue',
      source: 'Voice%20Contact',
      identity: phone,
      identitytype: 'phone',
      data: { phone, category: 'Closed', channelBreakout: 'voice', uiData: { title, iconType: 'QueueCallMad' } },
    });
  }
  const path = `identity/${encodeURIComponent(phone)}/template-name/ClosedCaller`;
  const view = await client.call('GET', `/v1/api/progressive-profile-view/workspace-id/{ws}/${path}`);
  return view.body.data[0].attributes[0].result;
}

/** What the company's own service does when it is called: it notes for the agents whom to call back, once per `webhookId`. */
export async function takeCallBack(client: Client, body: string, webhookId?: string): Promise<void> {
  const { callBack, calls, why } = JSON.parse(body);
  const note = {
    type: 'callBack',
    source: 'home.com:callbacks',
    identity: callBack,
    identitytype: 'phone' as const,
    data: {
      phone: callBack,
      why,
      uiData: { title: `Call back: reached a closed queue ${calls} times`, iconType: 'Call' },
    },
  };
  await client.publish(note, webhookId);
}

if (import.meta.main) await main(closedQueue);
