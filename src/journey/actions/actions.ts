// The actions of workspaces: documents in the store, kept in memory beside it, since every event asks for them.
import { randomBytes } from 'node:crypto';
import type { JourneyAction, JsonObject } from '../../protocol/index.ts';
import type { Store } from '../../store/index.ts';
import { JourneyError } from '../jds-error.ts';
import type { NewAction } from './action.ts';

export interface KeptAction {
  action: Omit<JourneyAction, 'organizationId' | 'workspaceId' | 'error'>;
  /** Events up to this sequence came before it was made or activated: they never fire it. */
  since: number;
}

export interface Actions {
  /** In the order of creation. */
  list(workspace: string): Promise<KeptAction[]>;
  ofTemplate(workspace: string, templateId: string): Promise<KeptAction[]>;
  create(workspace: string, templateId: string, action: NewAction, by: string): Promise<KeptAction>;
  replace(workspace: string, id: string, action: NewAction, by: string): Promise<KeptAction>;
  remove(workspace: string, id: string): Promise<void>;
  /** Called before the first action of this server is made. */
  onFirst(begin: () => Promise<void>): void;
  /** Whether an action was ever made on this server. */
  any(): Promise<boolean>;
}

const kind = 'journey-action';
const anyKind = 'journey-actions-made';
const maxActions = 500;

export function createActions(store: Store, now: () => number): Actions {
  const known = new Map<string, Promise<Map<string, KeptAction>>>();
  let begin: () => Promise<void> = async () => undefined;
  let begun: Promise<void> | undefined;

  function load(workspace: string): Promise<Map<string, KeptAction>> {
    const loading = known.get(workspace) ?? read(workspace);
    known.set(workspace, loading);
    loading.catch(() => known.delete(workspace));
    return loading;
  }

  async function read(workspace: string): Promise<Map<string, KeptAction>> {
    const documents = await store.documents(workspace, kind);
    return new Map(documents.map(({ id, body }) => [id, body as unknown as KeptAction]));
  }

  async function keep(workspace: string, kept: KeptAction): Promise<KeptAction> {
    const actions = await load(workspace);
    await store.putDocument(workspace, kind, { id: kept.action.id, body: kept as unknown as JsonObject });
    actions.set(kept.action.id, kept);
    return kept;
  }

  const any = async (): Promise<boolean> => (await store.documents('', anyKind)).length > 0;

  async function beginOnce(): Promise<void> {
    if (await any()) return;
    await begin();
    await store.putDocument('', anyKind, { id: '1', body: {} });
  }

  return {
    any,
    onFirst(callback) {
      begin = callback;
    },
    list: async (workspace) => [...(await load(workspace)).values()],
    ofTemplate: async (workspace, templateId) =>
      [...(await load(workspace)).values()].filter(({ action }) => action.templateId === templateId),
    async create(workspace, templateId, action, by) {
      const actions = await load(workspace);
      if (actions.size >= maxActions) throw new JourneyError(400, `A workspace has at most ${maxActions} actions`);
      requireFree(actions, templateId, action.name);
      begun ??= beginOnce().catch((error: unknown) => {
        begun = undefined;
        throw error;
      });
      await begun;
      const at = new Date(now()).toISOString();
      const id = randomBytes(12).toString('hex');
      const { sequence } = await store.health();
      const made = { id, templateId, ...action, createdAt: at, createdBy: by, updatedAt: at, updatedBy: by };
      return keep(workspace, { action: made, since: sequence });
    },
    async replace(workspace, id, action, by) {
      const actions = await load(workspace);
      const old = actions.get(id);
      if (!old) throw new JourneyError(404, 'The action was not found');
      requireFree(actions, old.action.templateId, action.name, id);
      const { createdAt, createdBy, templateId } = old.action;
      const updatedAt = new Date(now()).toISOString();
      const changed = { id, templateId, ...action, createdAt, createdBy, updatedAt, updatedBy: by };
      const activated = action.isActive && !old.action.isActive;
      return keep(workspace, { action: changed, since: activated ? (await store.health()).sequence : old.since });
    },
    async remove(workspace, id) {
      const actions = await load(workspace);
      await store.deleteDocument(workspace, kind, id);
      actions.delete(id);
    },
  };
}

/** Within a template a name finds one action. */
function requireFree(
  actions: ReadonlyMap<string, KeptAction>,
  templateId: string,
  name: string,
  except?: string,
): void {
  for (const { action } of actions.values()) {
    if (action.templateId !== templateId || action.name !== name || action.id === except) continue;
    throw new JourneyError(400, 'The action is not valid', [
      `name: an action of the template is called ${JSON.stringify(name)} already`,
    ]);
  }
}
