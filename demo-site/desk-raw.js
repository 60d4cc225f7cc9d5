// For the curious: the events of whoever is shown, as the relay received and the store keeps them.
import { element, repeatWhileSeen } from './desk-service.js';

const refreshMs = 2500;
const maxShown = 25;

const panel = document.getElementById('raw');
const list = document.getElementById('raw-events');
const toggle = document.getElementById('raw-toggle');

export function startRaw({ read, workspace }) {
  let identity = '';
  let shown = '';

  toggle.addEventListener('click', () => open(panel.hidden));
  open(matchMedia('(min-width: 82rem)').matches);
  repeatWhileSeen(refresh, refreshMs);

  function open(wanted) {
    panel.hidden = !wanted;
    toggle.setAttribute('aria-expanded', String(wanted));
    refresh();
  }

  async function refresh() {
    const asked = identity;
    if (panel.hidden || asked === '') return;
    const query = `identity=${encodeURIComponent(asked)}&pageSize=${maxShown}`;
    const events = await read(`/v1/api/events/workspace-id/${workspace}?${query}`, []).catch(() => undefined);
    if (!events || asked !== identity) return;
    // What is there stays, so that an open one stays open and the keyboard keeps its place.
    const next = events.map(({ id }) => id).join();
    if (next === shown) return;
    shown = next;
    const had = new Map([...list.children].map((item) => [item.dataset.id, item]));
    list.replaceChildren(...events.map((event) => had.get(event.id) ?? item(event)));
  }

  return {
    follow(next) {
      if (next === identity) return;
      identity = next;
      shown = '';
      list.replaceChildren();
      refresh();
    },
  };
}

function item(event) {
  const details = element('details', {});
  const summary = element('summary', {});
  summary.append(
    element('strong', { textContent: event.type }),
    element('time', { dateTime: event.time, textContent: new Date(event.time).toLocaleTimeString() }),
  );
  const text = element('pre', { textContent: JSON.stringify(event, null, 2), tabIndex: 0 });
  text.setAttribute('aria-label', `${event.type} as JSON`);
  details.append(summary, text);
  const listed = element('li', {});
  listed.dataset.id = event.id;
  listed.append(details);
  return listed;
}
