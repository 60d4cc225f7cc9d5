// Serves the two built scripts from the relay's own origin, so that they work first-party.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

interface PageScriptsOptions {
  /** The folder that holds the built files. */
  folder?: string;
}

export async function pageScripts(app: FastifyInstance, { folder = builtFolder() }: PageScriptsOptions): Promise<void> {
  for (const name of ['waymark.js', 'widget.js']) {
    app.get(`/${name}`, async (_request, reply) => {
      // Short-lived: the address stays the same from version to version.
      return reply
        .headers({
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
          'cache-control': 'public, max-age=300',
        })
        .type('text/javascript; charset=utf-8')
        .send(await readFile(join(folder, name)));
    });
  }
}

/** `dist/`, seen from `dist/lib/server/` when built and from `src/server/` in tests. */
function builtFolder(): string {
  const beside = fileURLToPath(new URL('../..', import.meta.url));
  return existsSync(join(beside, 'waymark.js')) ? beside : join(beside, 'dist');
}
