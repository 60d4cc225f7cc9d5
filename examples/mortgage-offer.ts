// An offer on the agent desk. A visitor who looks at the mortgage rates three times within half an hour has an offer
// waiting: the action calls a service of the company, which publishes the offer as an event of the same visitor, so that the
// agent sees it in the journey. `waymarkHops` tells how many actions lie behind an event: so a loop comes to an end.
import { type Client, keepAction, keepTemplate, main } from './client.ts';

export const template = {
  name: 'MortgageInterest',
  attributes: [
    {
      version: '0.1',
      event: 'webvisitMortgage',
      metaData: 'origin',
      metaDataType: 'string',
      limit: 100,
      displayName: 'Looked at mortgage rates in the last 30 minutes',
      lookBackDurationType: 'minutes',
      lookBackPeriod: 30,
      aggregationMode: 'Count',
      widgetAttributes: { type: 'table' },
      verbose: false,
    },
  ],
};

export const action = (webhookURL: string) => ({
  name: 'Mortgage offer',
  isActive: true,
  cooldownPeriodInMinutes: 24 * 60,
  rules: { logic: 'SINGLE', condition: 'webvisitMortgage,origin,string,Count GTE 3' },
  actionTriggers: [
    {
      type: 'Webhook',
      webhookURL,
      attributes: {
        httpverb: 'post',
        requestbody:
          '{"identity":"{{identity}}","identitytype":"{{identitytype}}","visits":{{result}},"hops":{{hops}}}',
      },
    },
  ],
});

/** Three looks at the rates by somebody who is not known yet. */
export async function mortgageOffer(client: Client, hook: string): Promise<void> {
  await keepTemplate(client, template);
  await keepAction(client, template, action(hook));
  for (let visits = 0; visits < 3; visits += 1) {
    await client.publish({
      type: 'webvisitMortgage',
      source: 'home.com:web:mortgage',
      identity: 'visitor-of-the-recipe',
      identitytype: 'temporaryId',
      data: { taskId: 'web-1', notes: 'Website Visit', origin: 'Mortgage Rates', channelType: 'MortgageRates' },
    });
  }
}

/**
 * What the company's own service does when it is called: it puts the offer into the journey. A webhook may come twice, with
 * the same `webhook-id`; the offer is there once.
 */
export async function takeOffer(client: Client, body: string, webhookId?: string): Promise<void> {
  const { identity, identitytype, visits, hops } = JSON.parse(body);
  const offer = {
    type: 'offer',
    source: 'home.com:offers',
    identity,
    identitytype,
    data: {
      waymarkHops: hops,
      visits,
      uiData: { title: 'Offer: 0.2 % off the mortgage rate', iconType: 'MortgageRates' },
    },
  };
  await client.publish(offer, webhookId);
}

if (import.meta.main) await main(mortgageOffer);
