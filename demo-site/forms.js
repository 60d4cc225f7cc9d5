// What the pages of Home Bank share: the queue for calls to Waymark, forms that say what went wrong, calls to the bank.

// Calls made before waymark.js has arrived are kept and made then.
window.waymark =
  window.waymark ||
  function queue(...call) {
    queue.q = queue.q || [];
    queue.q.push(call);
  };

/** A call may be made before or after waymark.js has taken the queue's place, so the global is asked each time. */
export function tell(...call) {
  window.waymark(...call);
}

export function onSubmit(id, handle) {
  const form = document.getElementById(id);
  form?.addEventListener('submit', async (domEvent) => {
    domEvent.preventDefault();
    const button = form.querySelector('[type=submit]');
    const message = form.querySelector('.message');
    message.textContent = '';
    button.disabled = true;
    try {
      await handle(form);
    } catch (error) {
      message.textContent = error.message;
    }
    button.disabled = false;
  });
}

export async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answerOf(response);
}

export async function get(path) {
  return answerOf(await fetch(path));
}

async function answerOf(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export function element(name, members = {}, ...children) {
  const made = Object.assign(document.createElement(name), members);
  made.append(...children);
  return made;
}
