// The templates of workspaces: documents in the store, compiled and kept in memory, since every view and every event asks.
import { randomBytes } from 'node:crypto';
import type { JsonObject, Template } from '../../protocol/index.ts';
import type { Store } from '../../store/index.ts';
import { JourneyError } from '../jds-error.ts';
import { type CompiledAttribute, compileAttribute } from './aggregate.ts';
import { defaultTemplates } from './default-templates.ts';
import { createFaults } from './fault.ts';
import { parseRules } from './rule.ts';
import type { NewTemplate } from './template.ts';

export type KeptTemplate = Omit<Template, 'organizationId' | 'workspaceId'>;

export interface CompiledTemplate {
  template: KeptTemplate;
  attributes: CompiledAttribute[];
}

export interface Templates {
  /** In the order of creation. */
  list(workspace: string): Promise<CompiledTemplate[]>;
  /** By id, else by name (jds-contract 4.1). Throws 404. */
  get(workspace: string, idOrName: string): Promise<CompiledTemplate>;
  /** By name alone. Throws 404. */
  named(workspace: string, name: string): Promise<CompiledTemplate>;
  create(workspace: string, template: NewTemplate, by: string): Promise<CompiledTemplate>;
  replace(workspace: string, id: string, template: NewTemplate, by: string): Promise<CompiledTemplate>;
  remove(workspace: string, id: string): Promise<void>;
  /** Calls back when a template was replaced or removed. Returns its undo. */
  onChange(listener: ChangeListener): () => void;
}

type ChangeListener = (workspace: string, id: string) => void;

const kind = 'profile-template';
/** Says that the default templates were made, so that they do not come again after they were deleted. */
const startedKind = 'profile-templates-made';
const maxTemplates = 200;

export function createTemplates(store: Store, now: () => number): Templates {
  const known = new Map<string, Promise<Map<string, CompiledTemplate>>>();
  const listeners = new Set<ChangeListener>();
  const tell: ChangeListener = (workspace, id) => {
    for (const listener of listeners) listener(workspace, id);
  };

  function load(workspace: string): Promise<Map<string, CompiledTemplate>> {
    const loading = known.get(workspace) ?? read(workspace);
    known.set(workspace, loading);
    loading.catch(() => known.delete(workspace));
    return loading;
  }

  async function read(workspace: string): Promise<Map<string, CompiledTemplate>> {
    const [started] = await store.documents(workspace, startedKind);
    if (!started) {
      const kept = await store.documents(workspace, kind);
      const names = new Set(kept.map(({ body }) => body['name']));
      for (const template of defaultTemplates) {
        if (!names.has(template.name)) await put(workspace, complete(template, 'waymark'));
      }
      await store.putDocument(workspace, startedKind, { id: '1', body: {} });
    }
    const documents = await store.documents(workspace, kind);
    return new Map(documents.map(({ id, body }) => [id, compile(body as unknown as KeptTemplate)]));
  }

  function complete(template: NewTemplate, by: string): KeptTemplate {
    const at = new Date(now()).toISOString();
    const id = randomBytes(12).toString('hex');
    return { id, ...template, createdAt: at, createdBy: by, updatedAt: at, updatedBy: by };
  }

  const put = (workspace: string, template: KeptTemplate): Promise<void> =>
    store.putDocument(workspace, kind, { id: template.id, body: template as unknown as JsonObject });

  async function keep(workspace: string, template: KeptTemplate): Promise<CompiledTemplate> {
    const compiled = compile(template);
    await put(workspace, template);
    (await load(workspace)).set(template.id, compiled);
    return compiled;
  }

  const find = async (workspace: string, fits: (template: KeptTemplate) => boolean): Promise<CompiledTemplate> => {
    const found = [...(await load(workspace)).values()].find(({ template }) => fits(template));
    if (!found) throw new JourneyError(404, 'The template was not found');
    return found;
  };
  const named = (workspace: string, name: string) => find(workspace, (one) => one.name === name.trim());

  return {
    list: async (workspace) => [...(await load(workspace)).values()],
    get: async (workspace, idOrName) => (await load(workspace)).get(idOrName) ?? named(workspace, idOrName),
    named,
    async create(workspace, template, by) {
      const templates = await load(workspace);
      if (templates.size >= maxTemplates)
        throw new JourneyError(400, `A workspace has at most ${maxTemplates} templates`);
      requireFree(templates, template.name);
      return keep(workspace, complete(template, by));
    },
    async replace(workspace, id, template, by) {
      const templates = await load(workspace);
      const old = templates.get(id)?.template;
      if (!old) throw new JourneyError(404, 'The template was not found');
      requireFree(templates, template.name, id);
      const updatedAt = new Date(now()).toISOString();
      const replaced = await keep(workspace, { ...old, ...template, updatedAt, updatedBy: by });
      tell(workspace, id);
      return replaced;
    },
    async remove(workspace, id) {
      const templates = await load(workspace);
      await store.deleteDocument(workspace, kind, id);
      templates.delete(id);
      tell(workspace, id);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A name may stand where an id does, so it names one template. */
function requireFree(templates: ReadonlyMap<string, CompiledTemplate>, name: string, except?: string): void {
  for (const { template } of templates.values()) {
    if (template.name === name && template.id !== except) {
      throw new JourneyError(400, 'The template is not valid', [
        `name: a template is called ${JSON.stringify(name)} already`,
      ]);
    }
  }
}

function compile(template: KeptTemplate): CompiledTemplate {
  const attributes = template.attributes.map((attribute, index) =>
    compileAttribute(attribute, parseRules(attribute.rules, `attributes[${index}].rules`, createFaults())),
  );
  return { template, attributes };
}
