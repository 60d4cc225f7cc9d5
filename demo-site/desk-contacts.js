// Contacts that wait for an agent, as a contact centre would offer them. These are made up: two customers of the bank, a
// number that nobody knows, and where the demo was started with --seed some of its customers. Taking one shows the
// journey; ending it tells the journey service that there was a call or a chat, as the contact centre itself does. While
// the payments queue is closed, calls about payments are turned away, and come again.
import { closedEventOf, eventsOf, payments } from './desk-events.js';
import { element } from './desk-service.js';

const ringAgainMs = 20_000;
const queue = 'Home loans';
const standing = [
  { channel: 'telephony', identity: '+15550100199', identitytype: 'phone', name: 'Rue Green', queue: payments },
  { channel: 'telephony', identity: '+15550100777', identitytype: 'phone', name: 'Unknown number', queue },
  { channel: 'chat', identity: 'ola.brandt@example.com', identitytype: 'email', name: 'Ola Brandt', queue },
];
const words = { telephony: 'Call', chat: 'Chat' };

const list = document.getElementById('waiting');
const card = document.getElementById('contact');
const closeQueue = document.getElementById('close-queue');

/** `onTake(identity)` is called when the agent answers. */
export function startContacts(service, { onTake }) {
  let waiting = standing.map((contact, index) => ({ ...contact, since: Date.now() - (index + 1) * 19_000 }));
  let current;

  document.getElementById('hang-up').addEventListener('click', end);
  closeQueue.addEventListener('change', turnWaitingAway);
  setInterval(showTimes, 1000);
  show();
  addSeeded();

  async function addSeeded() {
    const page = `/admin/v1/api/person/workspace-id/${service.workspace}?pageSize=40`;
    const persons = await service.read(page, []).catch(() => []);
    const named = persons.filter(({ firstName, phone }) => firstName && phone.length > 0).slice(0, 2);
    for (const { firstName, lastName, phone } of named) {
      const name = [firstName, lastName].filter(Boolean).join(' ');
      ring({ channel: 'telephony', identity: phone[0], identitytype: 'phone', name, queue });
    }
  }

  function turnWaitingAway() {
    const turnedAway = waiting.filter(isTurnedAway);
    waiting = waiting.filter((contact) => !turnedAway.includes(contact));
    for (const contact of turnedAway) turnAway(contact);
    show();
  }

  function isTurnedAway({ channel, queue }) {
    return closeQueue.checked && channel === 'telephony' && queue === payments;
  }

  function turnAway(contact) {
    setTimeout(ring, ringAgainMs, contact);
    tell(closedEventOf(contact));
  }

  function ring(contact) {
    if (isTurnedAway(contact)) return turnAway(contact);
    waiting = [...waiting, { ...contact, since: Date.now() }];
    show();
  }

  function take(contact) {
    if (current) end();
    waiting = waiting.filter((one) => one !== contact);
    current = { ...contact, since: Date.now(), taskId: crypto.randomUUID() };
    show();
    onTake(contact.identity);
    document.getElementById('hang-up').focus();
  }

  function end() {
    const ended = current;
    if (!ended) return;
    current = undefined;
    show();
    setTimeout(ring, ringAgainMs, ended);
    tell(...eventsOf(ended));
  }

  /**
   * A call is told afterwards and not when the agent answers: from its first event on a number is a person of its own, and
   * a call code could then no longer join it to somebody who is logged in (decision 0090).
   */
  async function tell(...events) {
    try {
      for (const event of events) await service.send(`/publish/v1/api/event?workspaceId=${service.workspace}`, event);
    } catch {
      // The desk goes on; a contact centre would tell it again.
    }
  }

  function show() {
    list.replaceChildren(...waiting.map((contact) => listItem(contact, take)));
    card.hidden = !current;
    if (current) {
      card.querySelector('strong').textContent = `${words[current.channel]} with ${current.name}`;
      card.querySelector('[data-identity]').textContent = current.identity;
    }
    document.getElementById('code-hint').textContent = current
      ? `Joins ${current.identity} to the visit behind the code.`
      : 'Shows the visit behind the code. Take a call to join its number.';
    showTimes();
  }

  function showTimes() {
    for (const time of list.querySelectorAll('time')) time.textContent = lasted(Number(time.dataset.since));
    if (current) card.querySelector('time').textContent = lasted(current.since);
  }

  return { current: () => current };
}

function listItem(contact, take) {
  const { channel, name, identity, since, queue } = contact;
  const button = element('button', { type: 'button', className: channel });
  const time = element('time', {});
  time.dataset.since = since;
  button.append(
    element('strong', { textContent: name }),
    time,
    element('span', { textContent: `${words[channel]} · ${identity} · ${queue}` }),
  );
  button.addEventListener('click', () => take(contact));
  const item = element('li', {});
  item.append(button);
  return item;
}

function lasted(since) {
  const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
