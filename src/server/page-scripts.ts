// Serves the built scripts from the relay's own origin, so that they work first-party: under a short name that stays
// the same from version to version, and under a name with version and hash that may be cached for ever and pinned with
// SRI. Read and compressed once, at start.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { ownVersion } from './own-version.ts';

export interface PageScript {
  /** `/waymark.js`. */
  path: string;
  /** `/waymark-0.1.0-9f86d081.js`. */
  immutablePath: string;
  /** For the `integrity` attribute: `sha384-…`. */
  integrity: string;
  text: Buffer;
}

const names = [
  'waymark',
  'waymark-more',
  'waymark-debug',
  'waymark-rescue',
  'waymark-call-code',
  'waymark-cross-domain',
  'widget',
  'widget-more',
  'widget-fr',
  'widget-es',
  'widget-ar',
];

/** The scripts that are built; none in a source tree that was not. */
export function readPageScripts(folder: string = builtFolder()): PageScript[] {
  const version = ownVersion();
  return names.flatMap((name) => {
    const file = join(folder, `${name}.js`);
    if (!existsSync(file)) return [];
    const text = readFileSync(file);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
    const integrity = `sha384-${createHash('sha384').update(text).digest('base64')}`;
    return [{ path: `/${name}.js`, immutablePath: `/${name}-${version}-${hash}.js`, integrity, text }];
  });
}

export async function pageScripts(
  app: FastifyInstance,
  { scripts }: { scripts: readonly PageScript[] },
): Promise<void> {
  for (const { path, immutablePath, integrity, text } of scripts) {
    const packed = await promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    });
    const etag = `"${integrity.slice(7, 39)}"`;
    for (const [address, caching] of [
      [path, 'public, max-age=300'],
      [immutablePath, 'public, max-age=31536000, immutable'],
    ] as const) {
      app.get(address, async (request, reply) => {
        reply.headers({
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
          'timing-allow-origin': '*',
          'x-content-type-options': 'nosniff',
          'cache-control': caching,
          vary: 'accept-encoding',
          etag,
        });
        if (request.headers['if-none-match'] === etag) return reply.code(304).send();
        reply.type('text/javascript; charset=utf-8');
        const takesBrotli = /\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''));
        return takesBrotli ? reply.header('content-encoding', 'br').send(packed) : reply.send(text);
      });
    }
  }
}

/** `dist/`, seen from `dist/lib/server/` when built and from `src/server/` in tests. */
function builtFolder(): string {
  const beside = fileURLToPath(new URL('../..', import.meta.url));
  return existsSync(join(beside, 'waymark.js')) ? beside : join(beside, 'dist');
}
