// Contacts that wait for an agent, as a contact centre would offer them. These are made up: two customers of the bank, a
// number that nobody knows, and where the demo was started with --seed some of its customers. Taking one shows the
// journey; ending it tells the journey service that there was a call or a chat, as the contact centre itself does.
import { element } from './desk-service.js';

const ringAgainMs = 20_000;
const standing = [
  { channel: 'telephony', identity: '+15550100199', identitytype: 'phone', name: 'Rue Green' },
  { channel: 'telephony', identity: '+15550100777', identitytype: 'phone', name: 'Unknown number' },
  { channel: 'chat', identity: 'ola.brandt@example.com', identitytype: 'email', name: 'Ola Brandt' },
];
const words = { telephony: 'Call', chat: 'Chat' };

const list = document.getElementById('waiting');
const card = document.getElementById('contact');

/** `onTake(identity)` is called when the agent answers. */
export function startContacts(service, { onTake }) {
  let waiting = standing.map((contact, index) => ({ ...contact, since: Date.now() - (index + 1) * 19_000 }));
  let current;

  document.getElementById('hang-up').addEventListener('click', end);
  setInterval(showTimes, 1000);
  show();
  addSeeded();

  async function addSeeded() {
    const page = `/admin/v1/api/person/workspace-id/${service.workspace}?pageSize=40`;
    const persons = await service.read(page, []).catch(() => []);
    const named = persons.filter(({ firstName, phone }) => firstName && phone.length > 0).slice(0, 2);
    for (const { firstName, lastName, phone } of named) {
      const name = [firstName, lastName].filter(Boolean).join(' ');
      ring({ channel: 'telephony', identity: phone[0], identitytype: 'phone', name });
    }
  }

  function ring(contact) {
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
    setTimeout(() => ring(ended), ringAgainMs);
    tellOf(ended).catch(() => {});
  }

  /**
   * Told afterwards and not when the agent answers: from its first event on a number is a person of its own, and a call
   * code could then no longer join it to somebody who is logged in (decision 0090).
   */
  async function tellOf(contact) {
    for (const event of eventsOf(contact))
      await service.send(`/publish/v1/api/event?workspaceId=${service.workspace}`, event);
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
  const { channel, name, identity, since } = contact;
  const button = element('button', { type: 'button', className: channel });
  const time = element('time', {});
  time.dataset.since = since;
  button.append(
    element('strong', { textContent: name }),
    time,
    element('span', { textContent: `${words[channel]} · ${identity}` }),
  );
  button.addEventListener('click', () => take(contact));
  const item = element('li', {});
  item.append(button);
  return item;
}

/** The events with which Webex Contact Center begins and ends a task (jds-contract 1.6). */
function eventsOf({ taskId, channel, identity, identitytype, since }) {
  const data = {
    taskId,
    channelType: channel,
    direction: 'INBOUND',
    origin: identity,
    queueName: 'Home loans',
    createdTime: since,
  };
  const event = (type, time, currentState) => ({
    id: crypto.randomUUID(),
    specversion: '1.0',
    type,
    source: 'wxcc',
    time: new Date(time).toISOString(),
    identity,
    identitytype,
    datacontenttype: 'application/json',
    data: { ...data, currentState },
  });
  return [event('task:new', since, 'new'), event('task:ended', Date.now(), 'ended')];
}

function lasted(since) {
  const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
