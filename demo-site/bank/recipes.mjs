// The recipes of examples/ in the bank's workspace, through the same API as any customer's: the templates that the desk reads,
// and the actions that call the bank. Run at each start; what is there stays, with the address that the bank has now.
import { createClient, keepAction, keepTemplate } from '../../examples/client.ts';
import * as closedQueue from '../../examples/closed-queue.ts';
import * as mortgageOffer from '../../examples/mortgage-offer.ts';
import * as repeatCaller from '../../examples/repeat-caller.ts';

/** Shorter than in the recipe: who plays the customer all day gets more than one offer. */
const cooldownPeriodInMinutes = 30;

/**
 * @param {{ base: string, workspace: string, token: string }} api
 * @param {string} hooks address under which the bank takes webhooks
 * @returns {Promise<string>} the secret with which webhooks are signed
 */
export async function setUpRecipes(api, hooks) {
  const client = createClient(api);
  for (const { template } of [repeatCaller, closedQueue, mortgageOffer]) await keepTemplate(client, template);
  await keepAction(client, closedQueue.template, closedQueue.action(`${hooks}/call-back`));
  const offer = mortgageOffer.action(`${hooks}/mortgage-offer`);
  await keepAction(client, mortgageOffer.template, { ...offer, cooldownPeriodInMinutes });
  const { body } = await client.call('GET', '/v1/api/webhooks/workspace-id/{ws}/secret');
  return body.data.secret;
}
