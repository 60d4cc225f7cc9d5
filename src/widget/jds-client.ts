// The calls that the widget makes (jds-contract 7.3), in the terms of the feed. Beyond Cisco it asks Waymark how sure each
// event is and by which links the person came together; a service that does not know leaves the widget without.
import { type Identitytype, isIdentitytype, isObject, type Person } from '../protocol/index.ts';
import { type JdsCall, JdsRequestError } from './jds-call.ts';
import { type FeedItem, readFeedItem, readTrust } from './journey-event.ts';
import { type Profile, readProfile } from './profile.ts';

export interface PersonLink {
  id: number;
  from: { value: string; identitytype: Identitytype };
  to: { value: string; identitytype: Identitytype };
  /** `event:<id>`, `agent:<name>`, `api:<key>`, `cross-domain:<origin>`, `import`. */
  cause: string;
  trust: 'provisional' | 'verified' | 'agent' | 'api';
  /** RFC 3339. */
  at: string;
  removed?: object;
}

export interface PersonLinks {
  links: PersonLink[];
  mayEdit: boolean;
}

export interface HistoryPage {
  items: FeedItem[];
  /** The page was full, so there may be older events. */
  more: boolean;
}

export interface JdsClient {
  /** Events of the whole person, 1,000 a page, from page 0; empty where the identity is unknown. */
  history(identity: string, page: number, signal: AbortSignal): Promise<HistoryPage>;
  /** The person who owns an alias; undefined where nobody does. */
  person(identity: string, signal: AbortSignal): Promise<Person | undefined>;
  /** How the person came together, and whether this agent may change it; no links where the service does not tell. Never throws. */
  links(personId: string, signal: AbortSignal): Promise<PersonLinks>;
  confirmLink(personId: string, linkId: number): Promise<void>;
  removeLink(personId: string, linkId: number): Promise<void>;
  /** JSON Patch, which an agent's token may send (jds-contract 0.3, 3.3). */
  patchPerson(personId: string, operations: readonly object[]): Promise<void>;
  /** The rows of the profile, by template id or name; without one the default template, else the first. */
  profile(identity: string, template: string | undefined, signal: AbortSignal): Promise<Profile | undefined>;
  openStream(identity: string, lastEventId: string, signal: AbortSignal): Promise<Response>;
  openProfileStream(identity: string, templateId: string, signal: AbortSignal): Promise<Response>;
}

const pageSize = 1000;
const defaultTemplate = 'journey-default-template';

export interface JdsClientOptions {
  call: JdsCall;
  /** 24 hexadecimal digits; without one the workspace that the contact centre feeds is looked up. */
  workspaceId: string | undefined;
  /** Whether the service knows of links: Waymark does, Cisco's cloud does not. */
  hasLinks: boolean;
}

export function createJdsClient({ call, workspaceId, hasLinks }: JdsClientOptions): JdsClient {
  let found: Promise<string> | undefined;
  const workspace = (): Promise<string> => {
    found ??= workspaceId ? Promise.resolve(workspaceId) : findWorkspace(call);
    // A search that failed is made again at the next call.
    found.catch(() => {
      found = undefined;
    });
    return found.then(encodeURIComponent);
  };
  const persons = async (rest: string) => `/admin/v1/api/person/workspace-id/${await workspace()}/${rest}`;
  const views = async (kind: '' | 'stream/', identity: string, templateId: string) =>
    `/v1/api/progressive-profile-view/${kind}workspace-id/${await workspace()}/identity/${encodeURIComponent(identity)}/template-id/${encodeURIComponent(templateId)}`;
  const link = (personId: string, linkId: number) => persons(`person-id/${personId}/links/${linkId}`);

  return {
    async history(identity, page, signal) {
      const query = { identity, ...(page === 0 ? {} : { page: String(page), pageSize: String(pageSize) }) };
      const answer = await call.read(`/v1/api/events/workspace-id/${await workspace()}`, { query, signal });
      if (answer && !Array.isArray(answer.data)) throw new JdsRequestError('unreadable');
      const events = (answer?.data as unknown[] | undefined) ?? [];
      const trusts = Array.isArray(answer?.meta['trust']) ? (answer.meta['trust'] as unknown[]) : [];
      const items = events.flatMap((event, index) => readFeedItem(event, readTrust(trusts[index])) ?? []);
      return { items, more: events.length >= pageSize };
    },
    async person(identity, signal) {
      const found = await call.list(await persons(`aliases/${encodeURIComponent(identity)}`), { signal });
      return found.find(isPerson);
    },
    async links(personId, signal) {
      const path = await persons(`person-id/${personId}/links`);
      const answer = hasLinks ? await call.read(path, { signal }).catch(() => undefined) : undefined;
      const all: unknown[] = Array.isArray(answer?.data) ? answer.data : [];
      const links = all.filter(isLink).filter(({ removed }) => !removed);
      return { links, mayEdit: answer?.meta['mayEdit'] !== false };
    },
    async confirmLink(personId, linkId) {
      await call.read(`${await link(personId, linkId)}/confirm`, { method: 'POST' });
    },
    async removeLink(personId, linkId) {
      await call.read(await link(personId, linkId), { method: 'DELETE' });
    },
    async patchPerson(personId, body) {
      const headers = { 'Content-Type': 'application/json-patch+json' };
      await call.read(await persons(`person-id/${personId}`), { method: 'PATCH', headers, body });
    },
    async profile(identity, template, signal) {
      const templateId = template ?? (await chooseTemplate(call, await workspace(), signal));
      if (templateId === undefined) return undefined;
      const [view] = await call.list(await views('', identity, templateId), { signal });
      return readProfile(view, templateId);
    },
    openStream: async (identity, lastEventId, signal) =>
      call.stream(
        `/v1/api/events/stream/workspace-id/${await workspace()}/identity/${encodeURIComponent(identity)}`,
        lastEventId,
        signal,
      ),
    openProfileStream: async (identity, templateId, signal) =>
      call.stream(await views('stream/', identity, templateId), '', signal),
  };
}

/** The workspace that the contact centre feeds, as the original chooses (jds-contract 6.2); an only one needs no choice. */
async function findWorkspace(call: JdsCall): Promise<string> {
  const all = (await call.list('/admin/v1/api/workspace')).filter(isObject);
  const fed = all.find(({ wxccSubscriptionIds: ids }) => Array.isArray(ids) && ids.length > 0);
  const id = (fed ?? (all.length === 1 ? all[0] : undefined))?.['id'];
  if (typeof id !== 'string') throw new JdsRequestError('noWorkspace');
  return id;
}

async function chooseTemplate(call: JdsCall, workspace: string, signal: AbortSignal): Promise<string | undefined> {
  const all = (await call.list(`/admin/v1/api/profile-view-template/workspace-id/${workspace}`, { signal })).filter(
    isObject,
  );
  const id = (all.find(({ name }) => name === defaultTemplate) ?? all[0])?.['id'];
  return typeof id === 'string' ? id : undefined;
}

function isPerson(value: unknown): value is Person {
  return isObject(value) && typeof value['id'] === 'string' && Array.isArray(value['aliases']);
}

function isLink(value: unknown): value is PersonLink {
  if (!isObject(value)) return false;
  const isEnd = (end: unknown) =>
    isObject(end) && typeof end['value'] === 'string' && isIdentitytype(end['identitytype']);
  return typeof value['id'] === 'number' && isEnd(value['from']) && isEnd(value['to']);
}
