// What the agent should know before the first word, about whoever is shown: an offer that waits, a call-back that is due, a
// bill that is overdue, earlier calls. All of it comes from the recipes of examples/. Only sources that no page may send
// are believed.
import { element, repeatWhileSeen } from './desk-service.js';

const refreshMs = 2000;
const dayMs = 86_400_000;
const list = document.getElementById('notes');

/** Of each the newest event counts, while it is younger than so many days. */
const kinds = {
  'home.com:offers': { name: 'offer', days: 1, say: titleOf },
  'home.com:callbacks': { name: 'call-back', days: 1, say: titleOf },
  'SMS%20Notification': { name: 'bill', days: 30, say: billOf },
};

export function startNotes({ read, workspace }) {
  let identity = '';

  async function refresh() {
    const asked = identity;
    if (asked === '') return;
    const notes = await Promise.all([readEvents(asked), readRepeats(asked)]).catch(() => undefined);
    if (notes && asked === identity) show(notes.flat());
  }

  async function readEvents(whose) {
    const sources = Object.keys(kinds).map((source) => `'${source}'`);
    const query = new URLSearchParams({ identity: whose, filter: `source=in=(${sources})`, pageSize: 20 });
    const events = await read(`/v1/api/events/workspace-id/${workspace}?${query}`, []);
    return Object.entries(kinds).flatMap(([source, { name, days, say }]) => {
      const newest = events.find((event) => event.source === source);
      const ageMs = Date.now() - Date.parse(newest?.time);
      const text = ageMs < days * dayMs ? say(newest.data, ageMs) : '';
      return text ? [{ name, text }] : [];
    });
  }

  /** UC2: what a call flow would read from the same view. */
  async function readRepeats(whose) {
    const path = `identity/${encodeURIComponent(whose)}/template-name/RepeatCaller`;
    const [view] = await read(`/v1/api/progressive-profile-view/workspace-id/${workspace}/${path}`, []);
    const calls = Number(view?.attributes[0]?.result ?? 0);
    const text = `Repeat caller: ${calls} ${calls === 1 ? 'call' : 'calls'} about payments in the last 5 minutes`;
    return calls > 0 ? [{ name: 'repeat', text }] : [];
  }

  repeatWhileSeen(refresh, refreshMs);
  return {
    follow(next) {
      if (next === identity) return;
      identity = next;
      show([]);
      refresh();
    },
  };
}

/** Changed only where something changed, so that a screen reader says a new note and no old one. */
function show(notes) {
  const had = new Map([...list.children].map((item) => [item.textContent, item]));
  const next = notes.map(({ name, text }) => had.get(text) ?? element('li', { className: name, textContent: text }));
  for (const item of [...list.children]) if (!next.includes(item)) item.remove();
  next.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

function titleOf({ uiData }) {
  return uiData?.title;
}

/** UC1: what the call is probably about; and once it is paid, that there is nothing to ask for. */
function billOf({ status, category, Notification: notice, 'Past Due Amount': amount }, ageMs) {
  if (status === 'overdue') return `${category} bill overdue: notice ${notice}, ${amount}`;
  return status === 'complete' && ageMs < dayMs ? `${category} bill paid, ${amount}` : '';
}
