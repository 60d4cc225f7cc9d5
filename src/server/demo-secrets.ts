// The demo's secrets are for one machine and shown to whoever asks there (its desk hands its token to the browser). They
// say what they are, so that a copied configuration does not open a real server with them.
import type { ServerConfig } from './config.ts';

/** Throws an Error that names each key of a demo by its place in the configuration. */
export function refuseDemoSecrets({ workspaces }: Pick<ServerConfig, 'workspaces'>): void {
  const places = workspaces.flatMap(({ siteKeys = [], serverKeys = [], identityKeys = [] }, index) => [
    ...placesOf(
      `workspaces[${index}].siteKeys`,
      siteKeys.map(({ key }) => key),
      'pk_demo_',
    ),
    ...placesOf(
      `workspaces[${index}].serverKeys`,
      serverKeys.map(({ token }) => token),
      'sk_demo_',
    ),
    ...placesOf(
      `workspaces[${index}].identityKeys`,
      identityKeys.map(({ secret }) => secret),
      'demo_',
    ),
  ]);
  if (places.length === 0) return;
  throw new Error(
    `configuration: ${places.join(', ')}: expected keys of your own (waymark keys), got those of the demo`,
  );
}

function placesOf(list: string, values: (string | undefined)[], prefix: string): string[] {
  return values.flatMap((value, index) => (value?.startsWith(prefix) ? [`${list}[${index}]`] : []));
}
