// What goes to the relay in one request.
import { describe, expect, it } from 'vitest';
import { createEntry, encodeBatch } from '../../src/transport/outbox.ts';

describe('encodeBatch', () => {
  it('keeps the secret on the first event of each run only', () => {
    const entry = (secret: string, id: string) =>
      createEntry(id, JSON.stringify({ temporarysecret: secret, id }), 1, 0);
    const batch = JSON.parse(
      encodeBatch([
        entry('a', '1'),
        entry('a', '2'),
        entry('b', '3'),
        entry('b', '4'),
        entry('a', '5'),
        createEntry('6', '{"id":"6"}', 1, 0),
      ]),
    );
    expect(batch.map(({ temporarysecret }: { temporarysecret?: string }) => temporarysecret)).toEqual([
      'a',
      undefined,
      'b',
      undefined,
      'a',
      undefined,
    ]);
    expect(batch.map(({ id }: { id: string }) => id)).toEqual(['1', '2', '3', '4', '5', '6']);
  });
});
