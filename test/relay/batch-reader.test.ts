import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/protocol/index.ts';
import { batchLimits, readBatch } from '../../src/relay/index.ts';
import { scanArray } from '../../src/relay/scan.ts';
import { anEvent } from '../helpers.ts';

const read = (value: unknown) => readBatch(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const faults = async (value: unknown) =>
  (await read(value)).events.map((event) => (event instanceof Problem ? `${event.pointer} ${event.detail}` : 'fine'));

describe('reading a batch', () => {
  it('finds each event in the bytes, whatever stands in its strings', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.nat(2), (values, indent) => {
        const text = JSON.stringify(values, null, indent);
        const bytes = Buffer.from(text);
        const found = scanArray(bytes, batchLimits).map(({ start, end }) => bytes.subarray(start, end).toString());
        expect(found.map((one) => JSON.parse(one))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never fails over bytes that are not JSON, but refuses them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const result = await readBatch(Buffer.from(bytes)).catch((error) => error);
        expect(result instanceof Problem || Array.isArray(result.events)).toBe(true);
      }),
    );
  });

  it('refuses what is too deep, too large or has too many members, and keeps its neighbours', async () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_none, index) => [`m${index}`, 1]));
    expect(
      await faults([
        anEvent(),
        anEvent({ data: { deep: nested(40) as never } }),
        anEvent({ data: { text: 'x'.repeat(65_536) } }),
        anEvent({ data: many }),
        anEvent({ data: { deep: nested(29) as never } }),
      ]),
    ).toEqual([
      'fine',
      expect.stringMatching(/^\/1 .*32 levels, got 42/),
      expect.stringMatching(/^\/2 .*65536 bytes/),
      expect.stringMatching(/^\/3 .*1000 members/),
      'fine',
    ]);
  });

  it('takes a bomb of brackets out before it is parsed, and keeps the neighbours', async () => {
    const bomb = '['.repeat(200_000) + ']'.repeat(200_000);
    const { events, body, ids } = await read(
      `[${JSON.stringify(anEvent({ id: 'a' }))},${bomb},${JSON.stringify(anEvent({ id: 'b' }))}]`,
    );
    expect(events.map((event) => event instanceof Problem)).toEqual([false, true, false]);
    expect(ids).toEqual(['a', null, 'b']);
    expect(JSON.parse(Buffer.from(body).toString())).toHaveLength(3);
  });

  it('tells the id of an event that is only too large', async () => {
    expect((await read([anEvent({ id: 'large', data: { text: 'x'.repeat(70_000) } })])).ids).toEqual(['large']);
  });

  it('refuses members that would reach a prototype', async () => {
    const own = JSON.stringify(anEvent()).slice(0, -1);
    expect(
      await faults(
        `[${own},"__proto__":{"a":1}},${own},"data":{"x":{"__proto__":{}}}},${own},"data":{"constructor":{"prototype":{}}}},${own},"\\u005f_proto__":1},${own},"data":{"constructor":"Ferrari","prototype":"P1"}}]`,
      ),
    ).toEqual([
      expect.stringMatching(/^\/0\/__proto__ /),
      expect.stringMatching(/^\/1\/data\/x\/__proto__ /),
      expect.stringMatching(/^\/2\/data\/constructor /),
      expect.stringMatching(/^\/3\/__proto__ /),
      'fine',
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('refuses control characters and halves of surrogate pairs in attributes, and mends them in data', async () => {
    expect(
      await faults([anEvent({ id: 'a\u0000b' }), anEvent({ type: 'x\ny' }), anEvent({ identity: 'a\ud800' })]),
    ).toEqual([
      expect.stringMatching(/^\/0\/id /),
      expect.stringMatching(/^\/1\/type /),
      expect.stringMatching(/^\/2\/identity /),
    ]);
    const { events, mended } = await read([anEvent({ data: { title: 'cut \ud83d', list: ['a\u0000'], ok: '😀' } })]);
    expect(mended).toBe(true);
    expect(events[0]).toMatchObject({ data: { title: 'cut \ufffd', list: ['a\ufffd'], ok: '😀' } });
    expect((await read([anEvent({ data: { ok: 'ü\u2028' } })])).mended).toBe(false);
  });

  it('takes one event in place of an array, but not two', async () => {
    const one = JSON.stringify(anEvent());
    expect((await read(` ${one}\n`)).events).toHaveLength(1);
    await expect(read(`${one},${one}`)).rejects.toMatchObject({ code: 'not-json' });
    await expect(read('7')).rejects.toMatchObject({ code: 'not-a-batch' });
    await expect(read(`\ufeff[${one}]`)).rejects.toMatchObject({ code: 'not-json' });
    expect((await read('[]')).events).toEqual([]);
  });

  it('stops decompressing at the limit', async () => {
    await expect(readBatch(gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20)))).rejects.toMatchObject({
      code: 'body-too-large',
    });
    await expect(readBatch(gzipSync('[]').subarray(0, 12))).rejects.toMatchObject({ code: 'not-json' });
  });
});
