// The tracker beside the components: made once, when this module is loaded, which also is safe where React renders on a server.
import { useEffect } from 'react';
import { createTracker } from 'waymark';

export const tracker = createTracker({ key: 'pk_…', endpoint: 'https://events.example.com/collect' });

/**
 * Tells who is logged in. An identity that was told already is not told again, so it does not matter that StrictMode runs
 * effects twice, nor how many components say it.
 */
export function useIdentity(customer, askForToken) {
  useEffect(() => {
    if (customer) tracker.identify(customer, { token: askForToken });
  }, [customer, askForToken]);
}
