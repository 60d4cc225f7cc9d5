// What waits in the outbox, for workers that serve many lanes and for people who look.

export interface LaneStore {
  /** Lanes that begin so and in which something waits or is buried. */
  lanes(prefix: string): Promise<Lane[]>;
  /** Deliveries of a workspace in lanes that begin so, the latest first. */
  deliveries(workspace: string, query: DeliveriesQuery): Promise<DeliveryRecord[]>;
}

export interface Lane {
  lane: string;
  waiting: number;
  buried: number;
  /** When the next is due or its lease ends, milliseconds. */
  nextDueAt?: number;
}

export interface DeliveriesQuery {
  /** What the lane begins with. */
  lane: string;
  keys?: string[];
  state?: DeliveryState;
  limit: number;
  offset?: number;
}

export type DeliveryState = 'waiting' | 'done' | 'buried';

export interface DeliveryRecord {
  id: number;
  lane: string;
  key: string;
  state: DeliveryState;
  /** How often it was claimed. */
  attempts: number;
  /** While it waits: when it is tried next. Milliseconds. */
  dueAt: number;
  settledAt?: number;
  lastError?: string;
}
