// The demo's agent desk: whom to show is typed or picked here; showing the journey is the widget's part.
// The list is read again every few seconds while somebody looks at it, and stays as it is while the service is away.
const refreshMs = 2500;
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
  if (decodeURIComponent(location.hash.slice(1)) === identity) showChosen();
  else location.hash = encodeURIComponent(identity);
}

function showChosen() {
  const identity = decodeURIComponent(location.hash.slice(1));
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

async function readList({ relayUrl, workspace, token }) {
  try {
    const url = `${relayUrl}/admin/v1/api/person/workspace-id/${workspace}?sortBy=updatedAt&sort=desc&pageSize=50`;
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    if (!response.ok && response.status !== 404) throw new Error(`answered ${response.status}`);
    showList(response.ok ? (await response.json()).data : []);
  } catch {
    note.textContent = 'The journey service cannot be reached. Trying again.';
  }
}

function showList(persons) {
  const newest = persons.toSorted((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
  note.textContent = newest.length === 0 ? 'No visitor yet. Open the website to be the first.' : '';
  // Drawn again only when it changed, so that the keyboard's place in the list stays.
  const next = JSON.stringify(newest.map((person) => [person.id, person.aliases, person.updatedAt]));
  if (next === shownList) return;
  shownList = next;
  const focused = document.activeElement?.dataset?.person;
  list.replaceChildren(...newest.map(listItem));
  if (focused) list.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
  markChosen();
}

function listItem(person) {
  const aliases = order.flatMap((type) => (person[type] ?? []).map((value) => ({ type, value })));
  const [best] = aliases;
  const known = best && best.type !== 'temporaryId';
  const name = [person.firstName, person.lastName].filter(Boolean).join(' ');
  const button = element('button', { type: 'button', className: known ? 'known' : 'anonymous' });
  button.dataset.person = person.id;
  button.dataset.aliases = JSON.stringify(person.aliases);
  button.append(
    element('strong', { textContent: name || (known ? best.value : 'Anonymous visitor') }),
    element('span', { textContent: known ? aliasCount(aliases) : (best?.value ?? '') }),
    element('time', { dateTime: person.updatedAt, textContent: clock(person.updatedAt) }),
  );
  button.addEventListener('click', () => best && choose(best.value));
  const item = document.createElement('li');
  item.append(button);
  return item;
}

function aliasCount(aliases) {
  const browsers = aliases.filter(({ type }) => type === 'temporaryId').length;
  const phones = aliases.filter(({ type }) => type === 'phone').map(({ value }) => value);
  const parts = [...phones, browsers === 1 ? '1 browser' : `${browsers} browsers`];
  return parts.join(' · ');
}

function markChosen() {
  const identity = decodeURIComponent(location.hash.slice(1));
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
