import { describe, expect, it } from 'vitest';
import { createCallSlots } from '../../../src/delivery/webhooks/call-slots.ts';

describe('slots of calls', () => {
  it('are given out up to the whole, and to one workspace up to half', async () => {
    const slots = createCallSlots(10);
    expect(await slots.take('a', 3)).toBe(3);
    expect(await slots.take('a', 8)).toBe(2);
    expect(await slots.take('b', 8)).toBe(5);
  });

  it('go to those who wait in their order, one each, past a workspace that has its share', async () => {
    const slots = createCallSlots(4);
    await slots.take('a', 2);
    await slots.take('b', 1);
    const order: string[] = [];
    const wait = async (name: string, workspace: string) => {
      order.push(`${name} ${await slots.take(workspace, 8)}`);
    };
    const waiting = [wait('a1', 'a'), wait('a2', 'a'), wait('c1', 'c')];
    await waiting[2];
    expect(order).toEqual(['c1 1']);
    slots.give('b', 1);
    await Promise.resolve();
    expect(order).toEqual(['c1 1']);
    slots.give('a', 2);
    await Promise.all(waiting);
    expect(order).toEqual(['c1 1', 'a1 1', 'a2 1']);
  });

  it('are not waited for once closed', async () => {
    const slots = createCallSlots(1);
    await slots.take('a', 1);
    const waiting = slots.take('b', 1);
    slots.close();
    expect([await waiting, await slots.take('c', 1)]).toEqual([0, 0]);
  });
});
