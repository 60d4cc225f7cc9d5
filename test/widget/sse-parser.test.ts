import { expect, test } from 'vitest';
import { createSseParser, type SseMessage } from '../../src/widget/sse-parser.ts';

function parse(...chunks: string[]): SseMessage[] {
  const messages: SseMessage[] = [];
  const parser = createSseParser((message) => messages.push(message));
  for (const chunk of chunks) parser.push(chunk);
  return messages;
}

test('reads messages however the text is cut and whichever line ends are used', () => {
  const text = ': hello\r\nid: 7\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata:x\n\n';
  const whole = [
    { data: '{"a":\n1}', lastEventId: '7' },
    { data: 'x', lastEventId: '7' },
  ];
  expect(parse(text)).toEqual(whole);
  expect(parse(...text)).toEqual(whole);
});

test('takes no message from comments, unknown fields or half a frame', () => {
  expect(parse(': ping\n\nretry: 10\n\nevent: x\n\ndata: half')).toEqual([]);
});

test('forgets a byte order mark and a single blank after the colon', () => {
  expect(parse('\uFEFFdata:  two\n\n')).toEqual([{ data: ' two', lastEventId: '' }]);
});
