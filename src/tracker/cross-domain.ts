// Links to the company's other domains, in a script of its own for those that have several:
// `<script async src="https://events.example.com/waymark-cross-domain.js" data-domains="example.com example.shop">`.
// Whoever follows a link to one of these hosts carries a one-use code there, and the relay links the two temporaryIds; an
// id is never taken from an address (decision 0065). A click waits for nothing: the code is made here, and the relay told
// of it by a beacon. Without consent there is no cookie, and nothing happens. Nothing is thrown into the page.
import { nanoid } from 'nanoid';
import { attempt } from '../protocol/index.ts';
import { type Beside, createBeside } from './beside.ts';
import { takeCode, withCode } from './link-code.ts';

/** As long as the relay keeps a code. */
const lifeMs = 120_000;
const firstTryMs = 500;

const script = document.currentScript as HTMLScriptElement;
// Before anything that may fail, or others would find it in the address.
const code = attempt(cleanAddress);
attempt(() => start(createBeside(script, '/cross-domain')));

function start(beside: Beside): void {
  if (code) arrive(beside, code);
  const domains = (script.dataset['domains'] ?? '').toLowerCase().split(/[\s,]+/);
  const follow = (domEvent: Event): unknown => attempt(() => decorate(domEvent as MouseEvent, domains, beside));
  for (const name of ['click', 'auxclick']) document.addEventListener(name, follow, true);
}

/** Takes the code off the address bar, and goes to the part of the page that the rest of the fragment names. */
function cleanAddress(): string | undefined {
  const taken = takeCode(location.hash);
  if (!taken) return undefined;
  const url = new URL(location.href);
  url.hash = taken.rest;
  history.replaceState(history.state, '', url);
  if (/^[^/!?]/.test(taken.rest)) location.replace(url);
  return taken.code;
}

/** Redeems the code for the visitor whom this page begins with. The relay does not know them before their first event is there. */
function arrive({ _address, _cookie, _body }: Beside, code: string): void {
  const end = Date.now() + lifeMs;
  // A page that hides where it was left for is joined with nothing.
  const referrer = /^https?:\/\/[^/]+/.exec(document.referrer)?.[0];
  let waitMs = firstTryMs;
  let visitor: string | undefined;

  async function redeem(): Promise<void> {
    const cookie = _cookie();
    visitor ??= cookie;
    // Somebody else by now.
    if (cookie !== visitor) return;
    if (cookie) {
      const response = await fetch(_address, { method: 'POST', body: _body(cookie, { code, referrer }) }).catch(
        () => null,
      );
      if (response?.ok) return;
      waitMs *= 2;
    }
    wait();
  }

  function wait(): void {
    if (Date.now() + waitMs < end) setTimeout(() => redeem().catch(() => {}), waitMs);
  }

  if (referrer) wait();
}

/** The link has the code while it is followed, and no longer: it is not there for whoever copies the address. */
function decorate(click: MouseEvent, domains: string[], { _address, _cookie, _body }: Beside): void {
  const link = click.composedPath().find((node) => node instanceof HTMLAnchorElement);
  const cookie = _cookie();
  // The right button follows no link; a link that hides this page would be refused over there.
  if (!link || !cookie || click.button > 1 || link.relList.contains('noreferrer')) return;
  if (!/^https?:$/.test(link.protocol) || link.host === location.host) return;
  if (!domains.some((domain) => `.${link.hostname}`.endsWith(`.${domain}`))) return;
  const code = nanoid();
  if (!navigator.sendBeacon(_address, _body(cookie, { code, target: link.origin }))) return;
  const before = link.getAttribute('href') ?? '';
  link.href = withCode(link.href, code);
  const during = link.href;
  setTimeout(() => {
    if (link.href === during) link.setAttribute('href', before);
  });
}
