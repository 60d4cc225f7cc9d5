// The event of a delivery, read from the store when its turn comes: as it is known then, or not at all where it was erased.
import type { CloudEvent } from '../../protocol/index.ts';
import type { Delivery, Store, StoredEvent } from '../../store/index.ts';
import { isLinking, knownIdentityOf, toJdsEvent } from './jds-event.ts';
import { readPayload, readSession } from './plan.ts';
import type { Rules } from './rules.ts';
import { gather, segmentsOf } from './segments.ts';
import type { JdsDestination } from './settings.ts';

export interface Message {
  event: CloudEvent;
  isLinking: boolean;
  /** Whose events go one after the other. */
  personId: string;
}

export interface ComposeOptions {
  store: Pick<Store, 'follow' | 'explain' | 'history'>;
  rules: Rules;
  identity: NonNullable<JdsDestination['identity']>;
}

/** Undefined where there is nothing to send any more. */
export async function compose(
  { payload, workspace }: Pick<Delivery, 'payload' | 'workspace'>,
  { store, rules, identity }: ComposeOptions,
): Promise<Message | undefined> {
  const { sequence, session } = readPayload(payload);
  const [stored] = await store.follow({ after: sequence - 1, limit: 1 });
  if (stored?.sequence !== sequence || stored.workspace !== workspace) return undefined;
  const whole = session === undefined ? stored : await gathered(stored, session);
  if (!whole) return undefined;
  const links = whole.event.identitytype === 'temporaryId' ? await store.explain(workspace, whole.personId) : [];
  return {
    event: toJdsEvent(whole, knownIdentityOf(whole, links, identity)),
    isLinking: isLinking(whole.event),
    personId: whole.personId,
  };

  async function gathered(first: StoredEvent, name: string): Promise<StoredEvent | undefined> {
    const segments = segmentsOf(await readSession(store, first, name), rules);
    return gather(segments.find((segment) => segment.first === first.sequence)?.visits ?? [first]);
  }
}
