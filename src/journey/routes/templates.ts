// Templates of progressive profiles (jds-contract 4.1 to 4.3).
import type { Workspace } from '../../access/index.ts';
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { listDocuments } from '../list-documents.ts';
import { describeRules } from '../profiles/rule-document.ts';
import { parseTemplate } from '../profiles/template.ts';
import type { CompiledTemplate } from '../profiles/templates.ts';
import { listOf, ref } from '../schemas.ts';

export function templateCalls({ templates, actions }: JourneyContext): Call[] {
  const base = '/admin/v1/api/profile-view-template/workspace-id/:ws';
  const common = { group: 'Profiles', scopes: allowed.readTemplates, answer: { schema: ref('Template') } } as const;
  const writing = { scopes: allowed.writeTemplates, audited: true } as const;
  const body = { type: 'application/json', schema: ref('NewTemplate') };
  return [
    {
      ...common,
      name: 'getTemplates',
      method: 'GET',
      path: base,
      shortLived: 'read',
      summary: 'The templates of the workspace, in the order of their creation.',
      query: {
        filter: "RSQL over their members, such as name=='RepeatCaller'.",
        sortBy: 'name, createdAt, updatedAt or id.',
        sort: 'asc or desc.',
        page: 'From 0.',
        pageSize: '1 to 1,000. Default 1,000.',
        organizationId: 'Not needed.',
      },
      answer: { schema: listOf(ref('Template')) },
      run: async ({ workspace, query }) => {
        const shown = (await templates.list(workspace.id)).map((one) => presentTemplate(one, workspace));
        return { data: listDocuments(shown, query, ['name', 'createdAt', 'updatedAt', 'id']) };
      },
    },
    {
      ...common,
      ...writing,
      name: 'createTemplate',
      method: 'POST',
      path: base,
      summary: 'Makes a template; its views answer at once, over the events that are there.',
      body,
      answer: { status: 201, schema: ref('Template') },
      run: async ({ workspace, body: { value }, caller }) => ({
        data: presentTemplate(await templates.create(workspace.id, parseTemplate(value), caller.name), workspace),
      }),
    },
    {
      ...common,
      name: 'getTemplate',
      method: 'GET',
      path: `${base}/template-id/:template`,
      shortLived: 'read',
      summary: 'One template, by id or by name.',
      run: async (call) => ({ data: presentTemplate(await templateOf(call), call.workspace) }),
    },
    {
      ...common,
      name: 'getTemplateByName',
      method: 'GET',
      path: `${base}/template-name/:template`,
      shortLived: 'read',
      summary: 'One template, by name.',
      run: async ({ workspace, params }) => ({
        data: presentTemplate(await templates.named(workspace.id, params['template'] ?? ''), workspace),
      }),
    },
    {
      ...common,
      ...writing,
      name: 'replaceTemplate',
      method: 'PUT',
      path: `${base}/template-id/:template`,
      summary: 'Replaces a template whole.',
      body,
      run: async (call) => {
        const { template } = await templateOf(call);
        const replacement = parseTemplate(call.body.value);
        const replaced = await templates.replace(call.workspace.id, template.id, replacement, call.caller.name);
        return { data: presentTemplate(replaced, call.workspace) };
      },
    },
    {
      ...common,
      ...writing,
      name: 'deleteTemplate',
      method: 'DELETE',
      path: `${base}/template-id/:template`,
      summary: 'Removes a template. One that has actions is a 400.',
      answer: { schema: ref('Template'), bare: true },
      run: async (call) => {
        const found = await templateOf(call);
        const dependants = await actions.ofTemplate(call.workspace.id, found.template.id);
        if (dependants.length > 0) {
          const names = dependants.map(({ action }) => action.name);
          throw new JourneyError(400, 'The template has actions; delete them first', names);
        }
        await templates.remove(call.workspace.id, found.template.id);
        return presentTemplate(found, call.workspace);
      },
    },
  ];

  function templateOf({ workspace, params }: CallRequest): Promise<CompiledTemplate> {
    return templates.get(workspace.id, params['template'] ?? '');
  }
}

function presentTemplate({ template }: CompiledTemplate, workspace: Workspace) {
  return {
    ...template,
    attributes: template.attributes.map((attribute) => ({ ...attribute, rules: describeRules(attribute.rules) })),
    organizationId: workspace.organizationId,
    workspaceId: workspace.id,
  };
}
