// The demo's agent desk: whom to show comes from a contact that the agent takes, from the list, from a call code or from
// the search; showing the journey is the widget's part.
import { startBill } from './desk-bill.js';
import { startCallCodes } from './desk-code.js';
import { startContacts } from './desk-contacts.js';
import { startNotes } from './desk-notes.js';
import { keepPeopleListed, markChosen } from './desk-people.js';
import { startRaw } from './desk-raw.js';
import { createService } from './desk-service.js';

const widget = document.getElementById('journey');
let raw;
let notes;

start();

async function start() {
  const response = await fetch('/desk/config.json');
  const config = await response.json();
  if (!response.ok) {
    document.getElementById('people-note').textContent = config.error;
    return;
  }
  widget.setAttribute('base-url', config.relayUrl);
  widget.setAttribute('project-id', config.workspace);
  await customElements.whenDefined('customer-journey-widget');
  widget.bearerToken = config.token;
  document.getElementById('look-up').addEventListener('submit', (domEvent) => {
    domEvent.preventDefault();
    choose(domEvent.target.identity.value.trim());
  });
  const service = createService(config);
  raw = startRaw(service);
  notes = startNotes(service);
  const contacts = startContacts(service, { onTake: choose });
  startBill();
  startCallCodes(service, { contact: contacts.current, onFound: choose });
  // The fragment, unlike the query, stays in the browser: an identity does not belong in a server's log.
  addEventListener('hashchange', () => {
    showChosen();
    // On a narrow screen the journey lies below the lists.
    if (chosen() !== '' && matchMedia('(max-width: 46rem)').matches) widget.parentElement.scrollIntoView();
  });
  showChosen();
  keepPeopleListed(service, { onChoose: choose, chosen });
}

async function choose(identity) {
  if (chosen() === identity) {
    // Asked for again, as after a call code that joined more to it: the widget reads anew only for another customer.
    widget.setAttribute('customer', '');
    await widget.updateComplete;
    showChosen();
  } else location.hash = encodeURIComponent(identity);
}

function chosen() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function showChosen() {
  const identity = chosen();
  document.getElementById('identity').value = identity;
  document.getElementById('welcome').hidden = identity !== '';
  widget.hidden = identity === '';
  widget.setAttribute('customer', identity);
  raw.follow(identity);
  notes.follow(identity);
  markChosen(identity);
}
