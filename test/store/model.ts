// The store as simply as it can be said: arrays, searched from the start each time. What the real one must agree with.
// It knows nothing of indexes, labels or transactions; limits and the block-list are left out.
import type { Identitytype } from '../../src/protocol/index.ts';
import type { LinkTrust, Trust } from '../../src/store/index.ts';

export interface ModelAlias {
  value: string;
  identitytype: Identitytype;
}

export interface ModelEdge {
  from: ModelAlias;
  /** A claim may name a value that is no alias. */
  to: { value: string; identitytype: Identitytype };
  trust: LinkTrust;
  at: number;
  removed: boolean;
  primary?: ModelAlias;
  proofs: { session: string; at: number }[];
}

export interface ModelEvent {
  id: string;
  alias: ModelAlias;
  time: number;
  session: string;
}

export interface Model {
  aliases: ModelAlias[];
  edges: ModelEdge[];
  events: ModelEvent[];
  alias(value: string): ModelAlias | undefined;
  /** The alias, made where it is missing. */
  make(value: string, identitytype: Identitytype): ModelAlias;
  component(alias: ModelAlias): ModelAlias[];
  /** Whose person id the component shows. */
  shown(alias: ModelAlias): ModelAlias;
  join(from: ModelAlias, to: ModelAlias, trust: LinkTrust, at: number, primary?: ModelAlias): ModelEdge;
  claim(from: ModelAlias, to: ModelEdge['to'], at: number): void;
  erase(alias: ModelAlias, at: number): void;
  /** Whether an event of this value at this time is refused because of an erasure. */
  isErased(value: string, time: number): boolean;
  history(alias: ModelAlias): ModelEvent[];
  trust(event: ModelEvent): Trust;
}

export function createModel(): Model {
  const erased: { value: string; before: number }[] = [];
  const live = () => model.edges.filter(({ removed, trust }) => !removed && trust !== 'provisional');
  const isBetweenDevices = ({ from, to, proofs }: ModelEdge) =>
    from.identitytype === 'temporaryId' && to.identitytype === 'temporaryId' && proofs.length === 0;
  const joins = ({ from, to }: ModelEdge, alias: ModelAlias) => from.value === alias.value || to.value === alias.value;

  /** The earliest moment on any way along links: a link between devices counts once the other one is known. */
  const knownSince = (device: string, way: string[] = []): number =>
    Math.min(
      ...live()
        .filter(({ from, to }) => from.value === device || to.value === device)
        .map((edge) => {
          if (!isBetweenDevices(edge)) return Math.min(edge.at, ...edge.proofs.map((proof) => proof.at));
          const other = edge.from.value === device ? edge.to.value : edge.from.value;
          return way.includes(other) ? Infinity : Math.max(edge.at, knownSince(other, [...way, device]));
        }),
    );

  const model: Model = {
    aliases: [],
    edges: [],
    events: [],
    alias: (value) => model.aliases.find((one) => one.value === value),
    make(value, identitytype) {
      const found = model.alias(value);
      if (found) return found;
      const made = { value, identitytype };
      model.aliases.push(made);
      return made;
    },
    component(alias) {
      const values = new Set([alias.value]);
      for (const value of values) {
        for (const { from, to } of live()) {
          if (from.value === value) values.add(to.value);
          if (to.value === value) values.add(from.value);
        }
      }
      return model.aliases.filter(({ value }) => values.has(value));
    },
    shown(alias) {
      const members = model.component(alias);
      const named = live().findLast(({ primary }) => primary && members.includes(primary));
      return named?.primary ?? members[0] ?? alias;
    },
    join(from, to, trust, at, primary) {
      const same = live().find((edge) => joins(edge, from) && joins(edge, to));
      if (same && !primary) return same;
      const edge: ModelEdge = { from, to, trust, at, removed: false, proofs: [], ...(primary && { primary }) };
      model.edges.push(edge);
      return edge;
    },
    claim(from, to, at) {
      const said = model.edges.some(
        (edge) => !edge.removed && edge.trust === 'provisional' && edge.from === from && edge.to.value === to.value,
      );
      if (!said) model.edges.push({ from, to, trust: 'provisional', at, removed: false, proofs: [] });
    },
    erase(alias, at) {
      for (const { value, identitytype } of model.component(alias)) {
        erased.push({ value, before: identitytype === 'temporaryId' ? Infinity : at });
        model.events = model.events.filter((event) => event.alias.value !== value);
        model.edges = model.edges.filter(({ from, to }) => from.value !== value && to.value !== value);
        model.aliases = model.aliases.filter((one) => one.value !== value);
      }
    },
    isErased: (value, time) => erased.some((one) => one.value === value && time < one.before),
    history(alias) {
      const members = model.component(alias);
      return model.events
        .map((event, place) => ({ event, place }))
        .filter(({ event }) => members.includes(event.alias))
        .sort((a, b) => b.event.time - a.event.time || b.place - a.place)
        .map(({ event }) => event);
    },
    trust({ alias, session, time }) {
      if (alias.identitytype !== 'temporaryId') return 'verified';
      const edges = live().filter((edge) => joins(edge, alias));
      if (edges.some(({ proofs }) => proofs.some((proof) => proof.session === session))) return 'verified';
      return knownSince(alias.value) <= time ? 'recognised' : 'anonymous';
    },
  };
  return model;
}
