// Renders the page on the server with the module that the browser runs, too.
//
//   BASE=http://127.0.0.1:8790 KEY=pk_… node examples/sites/server-rendering/server.ts
import { type Site, serveSite, valuesFrom } from '../serve.ts';
import { render } from './page.js';

const page = (likes: number) => `<!doctype html>
  <html lang="en"><head><meta charset="utf-8"><title>Example Bank</title>
  <script type="importmap">{ "imports": { "waymark": "/waymark/tracker.js" } }</script>
  <script type="module" src="/hydrate.js"></script></head>
  <body><main>${render(likes)}</main></body></html>`;

export function serverRendering(values: Record<string, string>, port?: number): Promise<Site> {
  return serveSite('server-rendering', {
    values,
    ...(port && { port }),
    backEnd({ url }, response) {
      if (url !== '/') return false;
      response.writeHead(200, { 'content-type': 'text/html' }).end(page(41));
      return true;
    },
  });
}

if (import.meta.main) console.log((await serverRendering(valuesFrom(), 8080)).url);
