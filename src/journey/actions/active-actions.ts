// Active actions by the types of events that they look at, compiled anew when they or their template change.
import type { Templates } from '../profiles/templates.ts';
import type { Actions } from './actions.ts';
import { type CompiledAction, compileAction } from './compile.ts';

/** Of a workspace, by the types of events. */
export type ActiveActions = (workspace: string) => Promise<Map<string, CompiledAction[]>>;

export function createActiveActions({ actions, templates }: { actions: Actions; templates: Templates }): ActiveActions {
  const compiled = new Map<string, { of: unknown[]; byType: Map<string, CompiledAction[]> }>();
  return async (workspace: string): Promise<Map<string, CompiledAction[]>> => {
    const kept = (await actions.list(workspace)).filter(({ action }) => action.isActive);
    if (kept.length === 0) return new Map();
    const list = await templates.list(workspace);
    const known = compiled.get(workspace);
    const of = [...kept, ...list];
    if (known && known.of.length === of.length && known.of.every((one, index) => one === of[index]))
      return known.byType;
    const byType = new Map<string, CompiledAction[]>();
    for (const one of kept) {
      const template = list.find((candidate) => candidate.template.id === one.action.templateId);
      const ready = template && compileAction(one, template);
      for (const type of new Set(ready?.attributes.map(({ attribute }) => attribute.event))) {
        if (ready) byType.set(type, [...(byType.get(type) ?? []), ready]);
      }
    }
    compiled.set(workspace, { of, byType });
    return byType;
  };
}
