// The list of whoever did something last. Read again every few seconds while somebody looks at it, and left as it is while
// the service is away.
import { element, repeatWhileSeen } from './desk-service.js';

const refreshMs = 2500;
const maxListed = 30;
const order = ['email', 'phone', 'customerId', 'socialId', 'temporaryId'];

const list = document.getElementById('people');
const note = document.getElementById('people-note');
let shownList = '';

/** `onChoose(identity)`; `chosen()` is who is shown now. */
export function keepPeopleListed(service, { onChoose, chosen }) {
  async function readList() {
    try {
      showList(await readRecent(service), onChoose);
      markChosen(chosen());
    } catch {
      note.textContent = 'The journey service cannot be reached. Trying again.';
    }
  }

  repeatWhileSeen(readList, refreshMs);
}

/** Whoever did something last, newest first: the persons behind the workspace's latest events, each with its last one. */
async function readRecent({ read, workspace }) {
  const events = await read(`/v1/api/events/workspace-id/${workspace}?pageSize=200`, []);
  const latest = new Map();
  // Aliases are separated by commas in the address, so one with a comma in it cannot be asked for.
  for (const event of events)
    if (!latest.has(event.identity) && !event.identity.includes(',')) latest.set(event.identity, event);
  const identities = [...latest.keys()].slice(0, maxListed);
  if (identities.length === 0) return [];
  const aliases = identities.map(encodeURIComponent).join(',');
  const persons = await read(`/admin/v1/api/person/workspace-id/${workspace}/aliases/${aliases}`, []);
  return persons
    .map((person) => ({ person, last: identities.find((identity) => person.aliases.includes(identity)) }))
    .map(({ person, last }) => ({ person, lastEvent: latest.get(last) }))
    .filter(({ lastEvent }) => lastEvent)
    .sort((a, b) => Date.parse(b.lastEvent.time) - Date.parse(a.lastEvent.time));
}

function showList(recent, onChoose) {
  note.textContent = recent.length === 0 ? 'No visitor yet. Open the website to be the first.' : '';
  // Drawn again only when it changed, so that the keyboard's place in the list stays.
  const next = JSON.stringify(recent.map(({ person, lastEvent }) => [person.id, person.aliases, lastEvent.id]));
  if (next === shownList) return;
  shownList = next;
  const focused = document.activeElement?.dataset?.person;
  list.replaceChildren(...recent.map((one) => listItem(one, onChoose)));
  if (focused) list.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

function listItem({ person, lastEvent }, onChoose) {
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
  button.addEventListener('click', () => best && onChoose(best.value));
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
  const did = [data.origin, data.uiData?.title].find((text) => typeof text === 'string' && text.trim() !== '') ?? type;
  return [...new Set([did.slice(0, 200), handle])].filter(Boolean).join(' · ');
}

export function markChosen(identity) {
  for (const button of list.querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(JSON.parse(button.dataset.aliases).includes(identity)));
}

function clock(time) {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(undefined, today ? { timeStyle: 'short' } : { dateStyle: 'short' }).format(date);
}
