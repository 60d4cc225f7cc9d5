import { describe, expect, it } from 'vitest';
import { fillIn } from '../../../src/journey/actions/placeholders.ts';

describe('placeholders', () => {
  it('let no value make a body ever so long, and keep its shape where they find no room', () => {
    const body = `[${Array.from({ length: 500 }, () => '"{{long}}", {{long}}, "{{short}}"').join(',')}]`;
    const filled = fillIn(body, (name) => (name === 'long' ? 'x'.repeat(60_000) : 'y'));
    expect(filled.length).toBeLessThan(body.length + 500_000);
    const values: unknown[] = JSON.parse(filled);
    expect(values.slice(0, 3)).toEqual(['x'.repeat(60_000), 'x'.repeat(60_000), 'y']);
    expect(values.slice(-3)).toEqual(['', null, 'y']);
  });
});
