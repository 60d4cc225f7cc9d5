import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problems } from '../../src/protocol/index.ts';

describe('the list of errors', () => {
  const documented = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

  it('is the one in the docs, with status and meaning', () => {
    for (const [code, { status, title }] of Object.entries(problems)) {
      expect(documented).toContain(
        status === 0 ? `| \`${code}\` | ${title} |` : `| \`${code}\` | ${status} | ${title} |`,
      );
    }
  });

  it('documents no code that does not exist', () => {
    const codes = [...documented.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code]) => code);
    expect(codes.sort()).toEqual(Object.keys(problems).sort());
  });
});
