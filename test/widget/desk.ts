// An agent's desk for browser tests: the real server with an empty database, the built widget in a real browser under a
// strict policy, and events that reach it as a site's back end and pages send them.
import type { Page } from 'playwright';
import { onTestFinished } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { aConfig, aFolder, anEvent, aToken, collect, workspace } from '../helpers.ts';
import type { WidgetPages } from './widget-page.ts';

export { anEvent, aToken };

export const agentToken = 'agent-token-of-the-tests';

/** Of every visitor's browser; the first event of a batch shows it. */
const secret = 'a-secret-of-the-browser-in-the-tests';

interface ShowOptions {
  attributes?: Record<string, string>;
  properties?: object;
  token?: string;
}

export interface Desk {
  url: string;
  page: Page;
  /** Sets attributes, properties and last the token, which starts it. */
  show(customer: string, options?: ShowOptions): Promise<void>;
  /** As a trusted back end; resolves when the event can be read. */
  publish(event: object): Promise<void>;
  /** Many at once, in order, as a back end that catches up. */
  publishAll(events: readonly object[]): Promise<void>;
  /** Stops the service; answers how to start it again at the same address with what it had. */
  stop(): Promise<() => Promise<void>>;
  /** As a page of the site. */
  send(...events: object[]): Promise<void>;
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

export async function openDesk(pages: WidgetPages, options: { locale?: string } = {}): Promise<Desk> {
  const config = deskConfig();
  let server: RunningServer | undefined = await startServer(config);
  const { url } = server;
  const page = await pages.open({ serviceUrl: url, ...options });
  onTestFinished(async () => {
    await page.close();
    await server?.close();
  });

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(url + path.replace('{ws}', workspace), {
      method,
      headers: {
        authorization: `Bearer ${agentToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer);
  }

  return {
    url,
    page,
    call,
    async show(customer, { attributes = {}, properties = {}, token: bearerToken = agentToken } = {}) {
      const all = { 'base-url': url, 'project-id': workspace, customer, ...attributes };
      await page.evaluate(
        ([given, members, token]) => {
          const widget = document.querySelector('customer-journey-widget') as HTMLElement;
          for (const [name, value] of Object.entries(given)) widget.setAttribute(name, value);
          Object.assign(widget, members, { bearerToken: token });
        },
        [all, properties, bearerToken] as const,
      );
    },
    async publish(event) {
      await call('POST', `/publish/v1/api/event?workspaceId=${workspace}`, { ...anEvent(), ...event });
    },
    async publishAll(events) {
      for (let from = 0; from < events.length; from += 500) {
        const batch = events.slice(from, from + 500).map((event) => ({ ...anEvent(), ...event }));
        const { results } = (await call('POST', '/collect', batch)) as { results: { result: string }[] };
        if (results.some(({ result }) => result !== 'ok')) throw new Error(JSON.stringify(results));
      }
    },
    async stop() {
      await server?.close();
      server = undefined;
      return async () => {
        server = await startServer({ ...config, listen: { port: Number(new URL(url).port) } });
      };
    },
    async send(...events) {
      const [first, ...others] = events;
      const batch = [{ ...first, temporarysecret: secret }, ...others];
      const answer = (await (await collect(url, batch)).json()) as { results: { result: string }[] };
      const bad = answer.results.filter(({ result }) => result !== 'ok');
      if (bad.length > 0) throw new Error(JSON.stringify(bad));
    },
  };
}

function deskConfig() {
  const config = aConfig(aFolder());
  const [bank] = config.workspaces;
  bank?.serverKeys?.push({ name: 'agent', token: agentToken, scopes: ['cjp:user', 'cjp:config_write'] });
  return config;
}
