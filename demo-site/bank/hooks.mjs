// Where Waymark calls the bank when an action fires. What the bank does with it, making an offer, noting whom to call back,
// it writes into the journey with its own server key. If that fails, Waymark calls again.
import { createClient } from '../../examples/client.ts';
import { takeCallBack } from '../../examples/closed-queue.ts';
import { takeOffer } from '../../examples/mortgage-offer.ts';
import { readText } from './http.mjs';
import { requireSigned } from './signature.mjs';

/** @param {{ relay: string, workspace: string, token: string | undefined, secret: string | undefined, now: () => number }} options */
export function createHooks({ relay, workspace, token, secret, now }) {
  const client = createClient({ base: relay, workspace, token });

  const hook = (take) => async (request, response) => {
    const body = await readText(request);
    const id = requireSigned(request.headers, body, { secret, now: now() });
    await take(client, body, id);
    response.writeHead(204).end();
  };

  return { mortgageOffer: hook(takeOffer), callBack: hook(takeCallBack) };
}
