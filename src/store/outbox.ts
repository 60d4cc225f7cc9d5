// What is to be delivered elsewhere: put in by who causes it, leased lane by lane by who delivers it.
import type { NewNote } from './notes.ts';

/**
 * The position (`Store.position`) up to which events were in the backup that the store was last restored from; 0: never.
 * What became of them after that backup is not known here: some were delivered, and lie in the outbox again.
 */
export const restoredPosition = 'restored';

export interface OutboxStore {
  /**
   * Adds deliveries for consumers outside an append (an action that fired); keyed, so twice is once, for 30 days after
   * they are done. One that waits already and comes again with a higher priority takes that, and if it was never claimed
   * the earlier due time. With `advance` the consumer's position moves, with `notes` they are added, in the same transaction.
   */
  enqueue(
    deliveries: NewDelivery[],
    advance?: { consumer: string; sequence: number },
    notes?: readonly NewNote[],
  ): Promise<void>;
  /** Leases due deliveries of a lane until `leaseUntil`, oldest due first. */
  claim(lane: string, options: { limit: number; leaseUntil: number }): Promise<Delivery[]>;
  done(ids: number[]): Promise<void>;
  retryAt(id: number, at: number, error: string): Promise<void>;
  /** Gives up on a delivery, keeping it with its reason. */
  bury(id: number, error: string): Promise<void>;
  /** Makes buried deliveries due again, as if never tried; returns how many. */
  replay(lane: string, filter?: { ids?: number[]; buriedAfter?: number }): Promise<number>;
  /** How much waits in a lane. Reads all that waits, on a thread of its own: not for every request. */
  backlog(lane: string): Promise<Backlog>;
  /** What was buried in a lane, the latest first. */
  buried(lane: string, limit: number): Promise<Delivery[]>;
}

export interface NewDelivery {
  lane: string;
  workspace: string;
  /** Unique within the lane and workspace: the same key again is the same delivery. */
  key: string;
  /** Deliveries of one group keep their order: the next is not claimed before the one ahead is done or buried. */
  group?: string;
  /** Higher goes first. Default 0. */
  priority?: number;
  dueAt: number;
  payload: string;
  /** Whose data it carries, any alias: then it goes when the person is erased, and the receipt counts it. */
  identity?: string;
  /** In place of `identity` the event that caused it: where its person was erased meanwhile, nothing is kept. */
  sequence?: number;
}

export interface Delivery extends NewDelivery {
  id: number;
  /** How often it was claimed before. */
  attempts: number;
  lastError?: string;
}

export interface Backlog {
  /** Waiting, due or leased. */
  waiting: number;
  buried: number;
  /** Which has waited longest. */
  oldest?: Delivery;
}
