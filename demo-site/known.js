// "What we know about you": what the bank's server reads with its own key for whoever is logged in, to look at, to take
// away and to erase. The page never sees a key.
import { element, get, post, tell } from './forms.js';

const names = {
  email: 'E-mail',
  phone: 'Phone',
  customerId: 'Customer number',
  temporaryId: 'Browser',
  socialId: 'Social account',
};
const place = (name) => document.querySelector(`[data-${name}]`);

show();
place('erase').addEventListener('click', () => ask(true));
place('erase-no').addEventListener('click', () => ask(false));
place('erase-yes').addEventListener('click', erase);

async function show() {
  try {
    const { aliases, links, events } = await get('/api/known');
    place('known-aliases').replaceChildren(
      ...Object.entries(names).flatMap(([type, label]) =>
        (aliases[type] ?? []).flatMap((value) => [
          element('dt', { textContent: label }),
          element('dd', { textContent: value }),
        ]),
      ),
    );
    place('known-links').replaceChildren(...links.map(linkItem));
    place('known-count').textContent = `${events.length}`;
    place('known-events').replaceChildren(...events.map(visitItem));
  } catch (error) {
    place('known-error').textContent = error.message;
  }
}

function linkItem({ from, to, trust, cause, at }) {
  const why = {
    verified: 'you proved it',
    agent: 'an agent confirmed it',
    api: 'the bank’s own systems say so',
    provisional: 'you said so, nobody has checked',
  };
  const callCode = cause.includes('call-code') ? ', with your call code' : '';
  if (cause.startsWith('cross-domain:')) why.verified = 'you followed a link from one site to the other';
  return element('li', {
    textContent: `${from} and ${to} are one person: ${why[trust]}${callCode}, ${dateOf(at)}.`,
  });
}

function visitItem({ time, type, what, where }) {
  return element(
    'li',
    {},
    element('time', { dateTime: time, textContent: dateOf(time) }),
    element('strong', { textContent: what || type }),
    element('span', { textContent: where }),
  );
}

function ask(sure) {
  place('erase-sure').hidden = !sure;
  place(sure ? 'erase-yes' : 'erase').focus();
}

async function erase() {
  try {
    const { events } = await post('/api/known/erase', {});
    // The old id of this browser is worth nothing any more; it starts as somebody new.
    tell('reset');
    ask(false);
    place('erased').textContent = `Done. ${events} notes about you are gone.`;
    for (const name of ['known-aliases', 'known-links', 'known-events', 'known-count']) place(name).replaceChildren();
  } catch (error) {
    place('erased').textContent = error.message;
  }
}

function dateOf(time) {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}
