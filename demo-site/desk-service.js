// The desk's line to the journey service, and what its parts share.

/** `read` and `send` reject with an Error that says what to tell the agent. */
export function createService({ relayUrl, workspace, token }) {
  const headers = { Authorization: `Bearer ${token}` };

  /** `none` is the answer where there is nothing. */
  async function read(path, none) {
    const response = await fetch(relayUrl + path, { headers });
    if (response.status === 404 && none !== undefined) return none;
    return (await answerOf(response)).data;
  }

  async function send(path, body) {
    const response = await fetch(relayUrl + path, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answerOf(response)).data;
  }

  return { workspace, read, send };
}

async function answerOf(response) {
  const answer = await response.json();
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.message), { status: response.status, errors: answer.errors ?? [] });
}

/** Does the work now and again so long after each time, except while nobody looks at the desk. */
export async function repeatWhileSeen(work, delayMs) {
  if (!document.hidden) await work();
  setTimeout(repeatWhileSeen, delayMs, work, delayMs);
}

export function element(name, members) {
  return Object.assign(document.createElement(name), members);
}
