import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/journey/csv.ts';

describe('parseCsv', () => {
  it.each([
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['\ufeffa,b', [['a', 'b']]],
    [' a , b ', [['a', 'b']]],
    ['"a, ""b""",c', [['a, "b"', 'c']]],
    ['"two\nlines",c', [['two\nlines', 'c']]],
    [
      'a,,\n,,\nb,,c',
      [
        ['a', '', ''],
        ['b', '', 'c'],
      ],
    ],
    ['a,\n', [['a', '']]],
    ['"a"x,b', [['a', 'b']]],
    ['', []],
    ['\n\n', []],
  ])('reads %j', (text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  it('names the line of a quote that is not closed', () => {
    expect(() => parseCsv('a\nb,"c')).toThrow(/line 2/);
  });
});
