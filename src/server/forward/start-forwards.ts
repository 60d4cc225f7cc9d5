// Starts forwarding to every destination that is configured.
import { type Forward, type ForwardLog, type JdsDestination, startForward } from '../../delivery/index.ts';
import type { Store } from '../../store/index.ts';
import { tokenVault } from './token-vault.ts';

export interface StartForwardsOptions {
  store: Store;
  destinations: readonly JdsDestination[];
  sealingKey: Buffer;
  log: ForwardLog;
}

export async function startForwards({
  store,
  destinations,
  sealingKey,
  log,
}: StartForwardsOptions): Promise<Forward[]> {
  const forwards: Forward[] = [];
  for (const destination of destinations) {
    const vault = tokenVault(store, destination.name, sealingKey);
    forwards.push(await startForward({ store, destination, vault, log }));
  }
  return forwards;
}
