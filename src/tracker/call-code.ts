// The call code on a page, in a script of its own that only pages which show one load:
// `<script async src="https://events.example.com/waymark-call-code.js"></script>`. Fills each element that has
// `data-waymark-call-code`, and keeps what it shows worth reading out: it has two and a half minutes left at the least.
// Without consent there is no cookie, and the element stays hidden. Nothing is thrown into the page.
import { attempt, type CallCodeAnswer, writeCallCode } from '../protocol/index.ts';
import { createBeside } from './beside.ts';

/** How often the page is looked at: for a cookie that came or went, for elements that came with a route. */
const lookMs = 1_000;
/** A code lives twice as long (decision 0090), and is not shown in its last quarter. */
const askAgainMs = 300_000;
const longestWaitMs = 60_000;

interface Shown {
  /** Whose code it is; a new visitor at the same device gets another one. */
  cookie: string;
  text: string;
}

attempt(() => start(document.currentScript as HTMLScriptElement));

function start(script: HTMLScriptElement): void {
  const { _address, _cookie, _body } = createBeside(script, '/call-code');
  let shown: Shown | undefined;
  let askAt = 0;
  let waitMs = lookMs;
  let asking = false;

  async function ask(cookie: string): Promise<void> {
    const response = await fetch(_address, { method: 'POST', body: _body(cookie) });
    if (!response.ok) throw new Error(`${response.status}`);
    const { code } = (await response.json()) as CallCodeAnswer;
    shown = { cookie, text: writeCallCode(code) };
    askAt = Date.now() + askAgainMs;
    waitMs = lookMs;
  }

  /** The relay does not know a visitor before their first event is there, so the first answer may be no. */
  function wait(): void {
    waitMs = Math.min(waitMs * 2, longestWaitMs);
    askAt = Date.now() + waitMs;
  }

  function look(): void {
    const places = document.querySelectorAll<HTMLElement>('[data-waymark-call-code]');
    if (document.hidden || places.length === 0) return;
    const cookie = _cookie();
    if (shown && (shown.cookie !== cookie || Date.now() > askAt + askAgainMs / 2)) {
      shown = undefined;
      askAt = 0;
    }
    if (cookie && !asking && Date.now() >= askAt) {
      asking = true;
      ask(cookie)
        .catch(wait)
        .finally(() => {
          asking = false;
          attempt(look);
        });
    }
    for (const place of places) fill(place, shown?.text ?? '');
  }

  look();
  setInterval(() => attempt(look), lookMs);
  document.addEventListener('visibilitychange', () => attempt(look));
}

/** Changes nothing that is right already: what has changed is read out by screen readers. */
function fill(place: HTMLElement, text: string): void {
  const target = place.querySelector('output') ?? place;
  if (target.textContent !== text) target.textContent = text;
  if (place.hidden !== !text) place.hidden = !text;
}
