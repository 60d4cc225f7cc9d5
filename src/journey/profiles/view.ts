// A view: a template's answer for one person as of now (jds-contract 4.6).
import type { Workspace } from '../../access/index.ts';
import type { ViewAttribute } from '../../protocol/index.ts';
import type { FactsQuery, Note, PersonFacts } from '../../store/index.ts';
import { type Aggregate, aggregate, type TimedEvent } from './aggregate.ts';
import { groupBy } from './group.ts';
import { wantedFacts } from './need.ts';
import { describeRules } from './rule-document.ts';
import type { CompiledTemplate } from './templates.ts';

/** Of whom, by either. */
export interface Whose {
  identity?: string;
  personId?: string;
}

export interface View {
  workspaceId: string;
  organizationId: string;
  personId: string;
  templateId: string;
  searchFilter: string;
  attributes: ViewAttribute[];
  /** The contract's spelling. */
  systemMetdata: { journeyActionTriggerHistories: Record<string, unknown>[] };
  timestamp: string;
}

export interface Computed {
  personId: string;
  aggregates: Aggregate[];
  /** The latest that actions did about the person, newest first. */
  fires: readonly Note[];
  /** When a result may change without an event, milliseconds. */
  changesAt: number | undefined;
}

export const firedKind = 'action-fired';
/** The view shows the latest ones; the list of an action has all. */
const shownFires = 20;

export function viewQuery({ attributes }: CompiledTemplate, workspace: string, whose: Whose, at: number): FactsQuery {
  const notes = { kind: firedKind, limit: shownFires };
  return { workspace, ...whose, wanted: wantedFacts({ attributes, from: at }), notes };
}

/** Undefined where nobody is known by that name. */
export function computeView({ attributes }: CompiledTemplate, found: PersonFacts, at: number): Computed | undefined {
  const { personId, facts, notes: fires = [] } = found;
  if (personId === undefined) return undefined;
  const byType = groupBy(facts, ({ event }) => event.type);
  const aggregates = attributes.map((one) => aggregate(one, byType.get(one.attribute.event) ?? [], at));
  const changes = aggregates.flatMap(({ changesAt }) => changesAt ?? []);
  return { personId, aggregates, fires, changesAt: changes.length === 0 ? undefined : Math.min(...changes) };
}

export interface ViewParts {
  template: CompiledTemplate;
  computed: Computed;
  at: number;
}

export function presentView(workspace: Workspace, { template, computed, at }: ViewParts): View {
  const { personId, aggregates, fires } = computed;
  const describe = createDescriber();
  return {
    workspaceId: workspace.id,
    organizationId: workspace.organizationId,
    personId,
    templateId: template.template.id,
    searchFilter: `personId=='${personId}'`,
    attributes: template.attributes.flatMap(({ attribute }, index): ViewAttribute[] => {
      const one = aggregates[index];
      if (!one) return [];
      const journeyEvents = attribute.verbose ? one.used.map(describe) : null;
      const queryTemplate = { ...attribute, rules: describeRules(attribute.rules) };
      return [{ queryTemplate, result: one.result, error: one.error, journeyEvents }];
    }),
    systemMetdata: {
      journeyActionTriggerHistories: fires.map(({ subject, at: firedAt, body }) => ({
        actionId: subject,
        triggeredAt: new Date(firedAt).toISOString(),
        doNotDisturbPeriod: String(body['cooldownPeriodInMinutes'] ?? 0),
      })),
    },
    timestamp: new Date(at).toISOString(),
  };
}

/** Verbose attributes often show the same events. */
function createDescriber(): (timed: TimedEvent) => string {
  const known = new Map<TimedEvent, string>();
  return (timed) => {
    const text = known.get(timed) ?? describeEvent(timed);
    known.set(timed, text);
    return text;
  };
}

/** A JSON text with camelCase keys, as Cisco's service writes it. */
function describeEvent({ event, correctedTime }: TimedEvent): string {
  return JSON.stringify({
    organizationId: null,
    workspaceId: null,
    id: event.id,
    specVersion: event.specversion,
    type: event.type,
    source: event.source,
    time: new Date(correctedTime).toISOString(),
    identity: event.identity,
    identityType: event.identitytype,
    previousIdentity: event.previousidentity ?? null,
    dataContentType: event.datacontenttype,
    data: event.data,
  });
}
