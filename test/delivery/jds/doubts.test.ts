// What cannot be known is on disk before it is made so.
import { expect, it } from 'vitest';
import { createDoubts, type Doubt } from '../../../src/delivery/jds/doubts.ts';
import { noon } from '../../store/values.ts';

it('are noted again where the disk did not take them', async () => {
  const written: string[] = [];
  let isFull = true;
  const store = {
    documents: async () => [],
    async putDocument(_workspace: string, _kind: string, { id }: { id: string }) {
      if (isFull) throw new Error('the disk is full');
      written.push(id);
    },
    deleteDocument: async () => false,
  };
  const doubts = await createDoubts(store, 'jds:cisco');
  const doubt: Doubt = { kind: 'possiblyTwice', id: 'e1', type: 'webvisitLogin', at: noon };
  await expect(doubts.note(doubt)).rejects.toThrow('full');
  isFull = false;
  await doubts.note(doubt);
  await doubts.note(doubt);
  expect(written).toEqual(['possiblyTwice e1']);
  expect(doubts.count('possiblyTwice')).toBe(1);
});
