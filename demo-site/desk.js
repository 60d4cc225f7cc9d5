// The demo's agent desk: whom to show is typed or picked here; showing the journey is the widget's part.
// The list is read again every few seconds while somebody looks at it, and stays as it is while the service is away.
const refreshMs = 2500;
const maxListed = 30;
const order = ['email', 'phone', 'customerId', 'socialId', 'temporaryId'];

const widget = document.getElementById('journey');
const list = document.getElementById('people');
const note = document.getElementById('people-note');
let shownList = '';

start();

async function start() {
  const response = await fetch('/desk/config.json');
  const config = await response.json();
  if (!response.ok) {
    note.textContent = config.error;
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
  // The fragment, unlike the query, stays in the browser: an identity does not belong in a server's log.
  addEventListener('hashchange', showChosen);
  showChosen();
  keepListed(config);
}

function choose(identity) {
  if (chosen() === identity) showChosen();
  else location.hash = encodeURIComponent(identity);
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
  markChosen();
}

async function keepListed(config) {
  if (!document.hidden) await readList(config);
  setTimeout(() => keepListed(config), refreshMs);
}

async function readList(config) {
  try {
    showList(await readRecent(config));
  } catch {
    note.textContent = 'The journey service cannot be reached. Trying again.';
  }
}

/** Whoever did something last, newest first: the persons behind the workspace's latest events, each with its last one. */
async function readRecent({ relayUrl, workspace, token }) {
  const read = async (path) => {
    const response = await fetch(relayUrl + path, { headers: { Authorization: `Bearer ${token}` } });
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return (await response.json()).data;
  };
  const events = await read(`/v1/api/events/workspace-id/${workspace}?pageSize=200`);
  const latest = new Map();
  // Aliases are separated by commas in the address, so one with a comma in it cannot be asked for.
  for (const event of events)
    if (!latest.has(event.identity) && !event.identity.includes(',')) latest.set(event.identity, event);
  const identities = [...latest.keys()].slice(0, maxListed);
  if (identities.length === 0) return [];
  const aliases = identities.map(encodeURIComponent).join(',');
  const persons = await read(`/admin/v1/api/person/workspace-id/${workspace}/aliases/${aliases}`);
  return persons
    .map((person) => ({ person, last: identities.find((identity) => person.aliases.includes(identity)) }))
    .map(({ person, last }) => ({ person, lastEvent: latest.get(last) }))
    .filter(({ lastEvent }) => lastEvent)
    .sort((a, b) => Date.parse(b.lastEvent.time) - Date.parse(a.lastEvent.time));
}

function showList(recent) {
  note.textContent = recent.length === 0 ? 'No visitor yet. Open the website to be the first.' : '';
  // Drawn again only when it changed, so that the keyboard's place in the list stays.
  const next = JSON.stringify(recent.map(({ person, lastEvent }) => [person.id, person.aliases, lastEvent.id]));
  if (next === shownList) return;
  shownList = next;
  const focused = document.activeElement?.dataset?.person;
  list.replaceChildren(...recent.map(listItem));
  if (focused) list.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
  markChosen();
}

function listItem({ person, lastEvent }) {
  const aliases = order.flatMap((type) => (person[type] ?? []).map((value) => ({ type, value })));
  const [best] = aliases;
  const known = best && best.type !== 'temporaryId';
  const name = [person.firstName, person.lastName].filter(Boolean).join(' ');
  const button = element('button', { type: 'button', className: known ? 'known' : 'anonymous' });
  button.dataset.person = person.id;
  button.dataset.aliases = JSON.stringify(person.aliases);
  button.append(
    element('strong', { textContent: name || (known ? best.value : 'Anonymous visitor') }),
    element('span', { textContent: secondLine(person, lastEvent, known) }),
    element('time', { dateTime: lastEvent.time, textContent: clock(lastEvent.time) }),
  );
  button.addEventListener('click', () => best && choose(best.value));
  const item = document.createElement('li');
  item.append(button);
  return item;
}

/**
 * What they did last, and for a stranger the name of the browser: else all strangers would look the same.
 * A page may send anything as its origin, also what cannot become text.
 */
function secondLine({ temporaryId, phone }, { data, type }, known) {
  const handle = known ? phone[0] : temporaryId[0];
  const did = typeof data.origin === 'string' && data.origin.trim() !== '' ? data.origin : type;
  return [did.slice(0, 200), handle].filter(Boolean).join(' · ');
}

function markChosen() {
  const identity = chosen();
  for (const button of list.querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(JSON.parse(button.dataset.aliases).includes(identity)));
}

function clock(time) {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(undefined, today ? { timeStyle: 'short' } : { dateStyle: 'short' }).format(date);
}

function element(name, members) {
  return Object.assign(document.createElement(name), members);
}
