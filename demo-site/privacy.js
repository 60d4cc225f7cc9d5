// The visitor's choice: asked once, kept in a cookie of the bank's own, changed whenever they like. Waymark keeps no
// decision, so each page says it in the script tag (`data-consent`), which the server fills from the cookie; a choice
// on the page is one call. Global Privacy Control counts as a refusal that nobody has to click.
import { tell } from './forms.js';

const halfAYear = 15_768_000;
const banner = document.querySelector('.privacy');
const state = document.querySelector('[data-privacy-state]');

show();
for (const button of document.querySelectorAll('[data-privacy]'))
  button.addEventListener('click', () => decide(button.dataset.privacy));
for (const button of document.querySelectorAll('[data-privacy-open]'))
  button.addEventListener('click', () => {
    banner.hidden = false;
    banner.scrollIntoView({ block: 'nearest' });
    banner.querySelector('button').focus();
  });

function decide(decision) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in all browsers that the bank serves.
  document.cookie = `homebank_privacy=${decision}; path=/; max-age=${halfAYear}; samesite=lax`;
  tell('setConsent', decision);
  banner.dataset.decision = decision;
  show();
  document.querySelector('[data-privacy-open]')?.focus();
}

function show() {
  const { decision, gpc } = banner.dataset;
  const refusedByBrowser = gpc === 'true' && decision === '';
  banner.hidden = decision !== '' || refusedByBrowser;
  if (decision === 'granted') state.textContent = 'You have allowed it.';
  else if (decision === 'denied') state.textContent = 'You have refused. What was noted in this browser is removed.';
  else if (refusedByBrowser) state.textContent = 'Your browser asks every site not to track you, so nothing is noted.';
}
