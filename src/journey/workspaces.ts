// The workspaces of this server as the API shows them (jds-contract 6.2): those of the configuration, and those that were
// made through the API, which belong to the workspace whose key made them and are reached with the same keys. Kept in
// memory, since every request asks; the store has them on disk.
import { randomBytes } from 'node:crypto';
import type { Access, Workspace } from '../access/index.ts';
import { isObject } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';

export interface WorkspaceDetails {
  name: string;
  description: string;
  /** Workspace whose keys reach it; absent for those of the configuration. */
  owner?: string;
}

export interface Workspaces {
  find(id: string): Workspace | undefined;
  ownerOf(id: string): string | undefined;
  details(id: string): WorkspaceDetails;
  /** All of this server. */
  all(): Workspace[];
  /** The workspace itself and those it owns. */
  reachableFrom(id: string): Workspace[];
  create(owner: Workspace, details: { name: string; description: string }): Promise<Workspace>;
  change(id: string, details: { name: string; description: string }): Promise<void>;
  /** Only those made through the API. */
  remove(id: string): Promise<void>;
}

const kind = 'workspace';

export async function createWorkspaces(access: Access, store: Store): Promise<Workspaces> {
  const known = new Map<string, WorkspaceDetails>();
  for (const { id, body } of await store.documents('', kind)) {
    if (isObject(body)) known.set(id, body as unknown as WorkspaceDetails);
  }

  const find = (id: string): Workspace | undefined => {
    const configured = access.workspace(id);
    if (configured) return configured;
    const details = known.get(id);
    const owner = details?.owner === undefined ? undefined : access.workspace(details.owner);
    return details && owner && { ...owner, id, name: details.name, siteKeys: [], serverKeys: [] };
  };
  const put = async (id: string, details: WorkspaceDetails): Promise<void> => {
    await store.putDocument('', kind, { id, body: { ...details } });
    known.set(id, details);
  };

  return {
    find,
    ownerOf: (id) => known.get(id)?.owner,
    details: (id) => known.get(id) ?? { name: find(id)?.name ?? '', description: '' },
    all: () =>
      [...new Set([...access.workspaces().map(({ id }) => id), ...known.keys()])].flatMap((id) => find(id) ?? []),
    reachableFrom(id) {
      const owned = [...known].filter(([, { owner }]) => owner === id).map(([other]) => other);
      return [id, ...owned].flatMap((one) => find(one) ?? []);
    },
    async create(owner, details) {
      const id = randomBytes(12).toString('hex');
      await put(id, { ...details, owner: owner.id });
      return { ...owner, id, name: details.name, siteKeys: [], serverKeys: [] };
    },
    async change(id, details) {
      await put(id, { ...known.get(id), ...details });
    },
    async remove(id) {
      await store.deleteDocument('', kind, id);
      known.delete(id);
    },
  };
}
