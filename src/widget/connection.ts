// Where the element's properties lead: which service, with which token, about whom.
import { createJdsCall } from './jds-call.ts';
import { createJdsClient, type JdsClient } from './jds-client.ts';
import type { JourneyProperties } from './journey-properties.ts';
import { baseUrlOf, isCisco } from './settings.ts';

export interface Connection {
  /** Undefined while there is no service or no token. */
  client: JdsClient | undefined;
  identity: string;
  /** Whose journey of which service: the same with another token. */
  about: string;
  token: string | undefined;
}

type Place = Pick<
  JourneyProperties,
  'baseUrl' | 'dataCenter' | 'projectId' | 'organizationId' | 'bearerToken' | 'templateId' | 'streamToken'
>;

/** The connection for the properties as they are; `before`, where nothing changed. */
export function connect(place: Place, identity: string, before: Connection | undefined): Connection {
  const { projectId, organizationId, bearerToken: token, templateId, streamToken } = place;
  const baseUrl = baseUrlOf(place.baseUrl, place.dataCenter);
  const about = JSON.stringify([baseUrl, projectId, organizationId, identity, templateId, streamToken]);
  if (about === before?.about && token === before.token) return before;
  const client = baseUrl && token ? clientOf(place, baseUrl, token) : undefined;
  return { client, identity, about, token };
}

function clientOf({ organizationId, projectId, streamToken }: Place, baseUrl: string, bearerToken: string): JdsClient {
  const inQuery = streamToken ? streamToken === 'query' : isCisco(baseUrl);
  const call = createJdsCall({ baseUrl, organizationId, bearerToken, streamToken: inQuery ? 'query' : 'header' });
  return createJdsClient({ call, workspaceId: projectId, hasLinks: !isCisco(baseUrl) });
}
