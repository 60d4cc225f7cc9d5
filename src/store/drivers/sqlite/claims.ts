// Under which alias an event may be stored, and what it links: possession of temporaryIds and the joining rules, decided
// in the writer's transaction. Trusted senders follow jds-contract 1.3, pages the settled semantics of the design.
import {
  type Identitytype,
  identitytypes,
  inferIdentitytype,
  isObject,
  type KnownIdentitytype,
  type ProblemCode,
  previousIdentityOf,
  type WireEvent,
} from '../../../protocol/index.ts';
import { isBlocked } from '../../block-list.ts';
import { decideClaim } from '../../joining-rules.ts';
import type { Proof } from '../../store.ts';
import { type Alias, type Aliases, canonicalOf, type Origin } from './aliases.ts';
import { type BatchDetails, sessionOf } from './append.ts';
import type { EdgeDetails, Links } from './links.ts';
import { createPossession, erased, notYours, type Refusal } from './possession.ts';
import type { StoredEvents } from './stored-events.ts';
import type { TokenUses } from './token-uses.ts';

/** Why an event is under its alias, as stored: nothing but possession, a token, a trusted sender, a page's word. */
export const grounds = { none: 0, token: 1, sender: 2, believed: 3 } as const;

export interface Placement {
  /** A function where it does not exist yet: it is made only for an event that is new. */
  alias: Alias | (() => Alias);
  grounds: number;
  /** A warning about an event that is stored, also when it comes again: the answer before may have been lost on the way. */
  code?: ProblemCode;
  /** Makes the links once the event proved to be new; a code replaces the warning. */
  link?: () => ProblemCode | undefined;
}

export interface Placer {
  /** Secrets count within one batch. */
  startBatch(): void;
  /** Takes the secret of an event that is refused for its form: the events after it in the batch rely on it. */
  hearSecret(event: unknown): void;
  place(
    batch: BatchDetails,
    workspace: number,
    event: WireEvent,
    index: number,
    corrected: number,
  ): Placement | Refusal;
}

/** Who made a person that came with an event (jds-contract 2.1: flows recognise first-time callers by it). */
export const autoCreator = 'journey-stream-profiles';

interface Occasion {
  batch: BatchDetails;
  workspace: number;
  event: WireEvent;
  corrected: number;
  origin: Origin;
}

export interface PlacerParts {
  aliases: Aliases;
  links: Links;
  uses: TokenUses;
  isStored: StoredEvents;
}

export function createPlacer({ aliases, links, uses, isStored }: PlacerParts): Placer {
  const possession = createPossession(aliases);

  /** The alias of anything that the sender may name freely; refused while it is erased. */
  const named = (occasion: Occasion, identity: string, identitytype: Identitytype): Alias | Refusal => {
    const { workspace, origin } = occasion;
    const found = aliases.find(workspace, identity, identitytype);
    if (isErased(occasion, found, identity, identitytype)) return erased;
    return found ?? aliases.create(workspace, identity, identitytype, origin);
  };

  const isErased = (occasion: Occasion, found: Alias | undefined, identity: string, identitytype: Identitytype) => {
    const before = found
      ? found.suppressedBefore
      : aliases.suppressedBefore(occasion.workspace, identity, identitytype);
    return before !== null && before !== undefined && occasion.corrected < before;
  };

  const edge = (occasion: Occasion, trust: EdgeDetails['trust']): EdgeDetails => ({
    cause: `event:${occasion.event.id}`,
    trust,
    at: occasion.batch.receivedAt,
  });

  /** Joins, and notes the session in which it was proven; a limit becomes a warning. */
  const join = (occasion: Occasion, from: Alias, to: Alias, details: EdgeDetails, proven: boolean) => {
    const outcome = links.join(occasion.workspace, from, to, details);
    const session = sessionOf(occasion.event);
    if (proven && session && outcome.linkId !== undefined) links.prove(outcome.linkId, session, occasion.corrected);
    return outcome.code;
  };

  const isFirst = ({ workspace, batch }: Occasion, { single }: Proof, temporary: Alias): boolean =>
    single === undefined || uses.isFirst(workspace, single, temporary.id, batch.receivedAt);

  const placeTrusted = (occasion: Occasion): Placement | Refusal => {
    const { event, workspace } = occasion;
    const alias = named(occasion, event.identity, event.identitytype);
    if ('refused' in alias) return alias;
    const placement: Placement = { alias, grounds: grounds.sender };
    const previous = previousIdentityOf(event);
    if (previous === undefined || previous === event.identity) return placement;
    placement.link = () => {
      const known = aliases.findAny(workspace, previous);
      const from = known ?? named(occasion, previous, guessIdentitytype(previous));
      return 'refused' in from ? from.refused.code : join(occasion, from, alias, edge(occasion, 'api'), true);
    };
    return placement;
  };

  const placeClaim = (occasion: Occasion, proof: Proof | undefined): Placement | Refusal => {
    const { event, workspace, batch } = occasion;
    const previous = previousIdentityOf(event);
    if (previous === undefined) return unproven;
    const temporary = possession.possess(workspace, previous, occasion.origin);
    if ('refused' in temporary) return temporary === notYours ? unproven : temporary;
    const identitytype = event.identitytype as KnownIdentitytype;
    const proven = proof !== undefined && vouches(proof, event, previous) && isFirst(occasion, proof, temporary);
    const believed = batch.verify === 'off' || batch.verify === 'report';
    const unprovenCode = proven || batch.verify === 'off' ? undefined : 'identity-unproven';
    if (isBlocked(event.identity, identitytype)) {
      return { alias: temporary, grounds: grounds.none, code: 'identity-blocked' };
    }
    if (!proven && !believed) return placeUnproven(occasion, temporary);

    const owner = aliases.find(workspace, event.identity, identitytype);
    if (isErased(occasion, owner, event.identity, identitytype)) return erased;
    const label = links.graph.labelOf(temporary.id);
    const verdict = decideClaim({
      identitytype,
      blocked: false,
      together: owner !== undefined && links.graph.labelOf(owner.id) === label,
      owned: owner !== undefined,
      person: links.graph.members(label),
      vouchesFor: (other) => proven && names(proof, other.value, other.identitytype),
    });
    const make = once(() => owner ?? aliases.create(workspace, event.identity, identitytype, occasion.origin));
    const placement: Placement = { alias: owner ?? make, grounds: proven ? grounds.token : grounds.believed };
    if (unprovenCode) placement.code = unprovenCode;
    const claim = proven && links.openClaim(workspace, temporary, event.identity);
    if (verdict === 'join' && claim && isStored(temporary.id, event.id)) {
      // At once, for it is a repeat: its token could not be checked when it came first, and proves its claim now.
      placement.alias = make();
      const { code, linkId } = links.raise(claim, temporary, make(), edge(occasion, 'verified'));
      const session = sessionOf(event);
      if (code) placement.code = code;
      else if (session && linkId !== undefined) links.prove(linkId, session, occasion.corrected);
    } else if (verdict === 'join' || verdict === 'already') {
      placement.link = () => join(occasion, temporary, make(), edge(occasion, 'verified'), proven) ?? unprovenCode;
    } else placement.code = verdict;
    return placement;
  };

  /** Rule 4: under the temporaryId, and the claim is kept beside it. */
  const placeUnproven = (occasion: Occasion, temporary: Alias): Placement => {
    const { event, workspace } = occasion;
    const owner = aliases.find(workspace, event.identity, event.identitytype);
    const together = owner && links.graph.labelOf(owner.id) === links.graph.labelOf(temporary.id);
    return {
      alias: temporary,
      grounds: grounds.none,
      // A repeat may have been proven when it came first, by a token that is out of date by now.
      ...(!together && { code: 'identity-unproven' }),
      link: () => {
        const claimed = { value: event.identity, type: identitytypes.indexOf(event.identitytype) };
        if (!together) {
          links.claim(
            workspace,
            temporary,
            owner ? { ...claimed, alias: owner.id } : claimed,
            edge(occasion, 'provisional'),
          );
        }
        return 'identity-unproven';
      },
    };
  };

  return {
    startBatch: possession.startBatch,
    hearSecret(event) {
      if (!isObject(event)) return;
      const { identity, identitytype, previousidentity, temporarysecret } = event;
      const holder = identitytype === 'temporaryId' ? identity : previousidentity;
      if (typeof holder === 'string' && typeof temporarysecret === 'string') possession.offer(holder, temporarysecret);
    },
    place(batch, workspace, event, index, corrected) {
      const origin = { at: batch.receivedAt, by: autoCreator };
      const occasion = { batch, workspace, event, corrected, origin };
      if (batch.sender === 'trusted') return placeTrusted(occasion);
      const anonymous = event.identitytype === 'temporaryId';
      const holder = anonymous ? event.identity : previousIdentityOf(event);
      if (event.temporarysecret && holder !== undefined) possession.offer(holder, event.temporarysecret);
      if (!anonymous) return placeClaim(occasion, batch.findings?.[index]?.proof);
      const alias = possession.possess(workspace, event.identity, origin);
      return 'refused' in alias ? alias : { alias, grounds: grounds.none };
    },
  };
}

const unproven: Refusal = {
  refused: {
    code: 'identity-unproven',
    detail: 'expected previousidentity: a temporaryId whose secret is in this batch',
  },
};

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A genuine token speaks for this event only if it names its identity and was made for this browser. */
function vouches(proof: Proof, event: WireEvent, temporaryId: string): boolean {
  if (proof.temporaryId !== undefined && proof.temporaryId !== temporaryId) return false;
  return names(proof, event.identity, event.identitytype);
}

function names(proof: Proof, identity: string, identitytype: Identitytype): boolean {
  return [proof, ...proof.identities].some(
    (one) =>
      one.identitytype === identitytype &&
      (one.identity === identity ||
        (canonicalOf(one.identity, identitytype) ?? one.identity) ===
          (canonicalOf(identity, identitytype) ?? identity)),
  );
}

/** A previousidentity comes without a type (jds-contract 1.3): addresses and numbers tell theirs, long random ones too. */
function guessIdentitytype(value: string): Identitytype {
  return inferIdentitytype(value) ?? (/^[\w-]{16,}$/.test(value) ? 'temporaryId' : 'customerId');
}
