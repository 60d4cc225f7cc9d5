// A page of an agent's desk for browser tests: loads the built dist/widget.js by script tag under a Content-Security-Policy
// that forbids everything the widget does not need, and fails the test on any violation or error in the page.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import { launchBrowser } from '../browsers/browser.ts';

export interface WidgetPages {
  /** A new page; `before` is a script that runs ahead of the widget's. */
  open(options?: { serviceUrl?: string; before?: string; locale?: string }): Promise<Page>;
  /** What went wrong in the pages: errors, policy violations. */
  problems: string[];
  close(): Promise<void>;
}

const built = new URL('../../dist/', import.meta.url);

export async function openWidgetPages(): Promise<WidgetPages> {
  const problems: string[] = [];
  let scripts = { before: '', serviceUrl: '' };
  const server = createServer(async (request, response) => {
    const [script] = /(?<=^\/)(widget(-\w+)?|before)\.js(?=\?|$)/.exec(request.url ?? '') ?? [];
    if (script) {
      response.setHeader('Content-Type', 'text/javascript');
      return response.end(script === 'before.js' ? scripts.before : await readFile(new URL(script, built)));
    }
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self'; connect-src ${scripts.serviceUrl || "'none'"}; require-trusted-types-for 'script'; trusted-types lit-html; img-src data:`,
    );
    return response.end(
      '<!doctype html><title>Desk</title><link rel="icon" href="data:,"><script src="/before.js"></script><script src="/widget.js"></script><customer-journey-widget></customer-journey-widget>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await launchBrowser();

  return {
    problems,
    async open({ serviceUrl = '', before = '', locale = 'en-GB' } = {}) {
      scripts = { before, serviceUrl };
      const page = await browser.newPage({ locale });
      page.on('pageerror', ({ message }) => {
        // Firefox also reports here what it could not reach.
        if (!message.includes('Same Origin Policy')) problems.push(message);
      });
      page.on('console', (message) => {
        if (/Content Security Policy|TrustedHTML/i.test(message.text())) problems.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
