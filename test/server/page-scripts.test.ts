import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPageScripts } from '../../src/server/page-scripts.ts';
import { aFolder, aServer } from '../helpers.ts';

const text = `/* the tracker */ ${'let a = 1; '.repeat(200)}`;

function aBuild(): string {
  const folder = aFolder();
  writeFileSync(join(folder, 'waymark.js'), text);
  return folder;
}

describe('the page scripts', () => {
  it('come under a stable name for minutes and under a versioned one for ever', async () => {
    const pages = aBuild();
    const { url } = await aServer({ pages });
    const [script] = readPageScripts(pages);
    expect(script?.immutablePath).toMatch(/^\/waymark-\d+\.\d+\.\d+-[0-9a-f]{8}\.js$/);
    for (const [path, caching] of [
      ['/waymark.js', 'public, max-age=300'],
      [script?.immutablePath, 'public, max-age=31536000, immutable'],
    ]) {
      const response = await fetch(`${url}${path}`);
      expect(response.headers.get('cache-control')).toBe(caching);
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.text()).toBe(text);
    }
    expect((await fetch(`${url}/waymark-0.0.1-00000000.js`)).status).toBe(404);
    expect((await fetch(`${url}/widget.js`)).status).toBe(404);
  });

  it('come compressed to browsers that take brotli, and not at all when they have them', async () => {
    const { url } = await aServer({ pages: aBuild() });
    const packed = await fetch(`${url}/waymark.js`, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers.get('content-encoding')).toBe('br');
    expect(await packed.text()).toBe(text);
    const plain = await fetch(`${url}/waymark.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const again = await fetch(`${url}/waymark.js`, { headers: { 'if-none-match': plain.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  it('can be pinned: the integrity is that of the text', () => {
    const [script] = readPageScripts(aBuild());
    expect(script?.integrity).toBe(`sha384-${createHash('sha384').update(text).digest('base64')}`);
  });
});
