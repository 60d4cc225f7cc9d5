// What a script beside waymark.js needs to ask the relay for the visitor: its address, and who holds the cookie now. Another
// site key than that of the page's tracker stands in `data-key`, another relay in `data-endpoint`.
import { attempt } from '../protocol/index.ts';

export interface Beside {
  _address: URL;
  /** The value of the id cookie; undefined without consent. */
  _cookie(): string | undefined;
  /** The text of a request for whoever has this cookie. */
  _body(cookie: string, about?: object): string;
}

export function createBeside({ src, dataset }: HTMLScriptElement, path: string): Beside {
  const tag = document.querySelector<HTMLScriptElement>('script[data-key]');
  const address = new URL(path, dataset['endpoint'] ?? src);
  address.searchParams.set('key', `${dataset['key'] ?? tag?.dataset['key']}`);
  return {
    _address: address,
    // Where cookies do not work, it is where kept.ts has it.
    _cookie: () =>
      attempt(() => /(?:^|; )wm_id=([^;]+)/.exec(document.cookie)?.[1]) ??
      attempt(() => localStorage.getItem('wm_id') ?? undefined),
    _body(cookie, about) {
      const [temporaryId, secret] = cookie.split('.');
      return JSON.stringify({ temporaryId, secret, ...about });
    },
  };
}
