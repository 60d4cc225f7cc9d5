// `debug: true`: every decision of the tracker in the console, in words for the site's developer. Loaded separately.

const words: Record<string, string> = {
  automated: 'A program drives this browser, so nothing is told. Set automation: "track" to tell it all the same.',
  granted: 'The consent is granted: what happens is told.',
  pending: 'The consent is pending: what happens waits in memory.',
  denied: 'The consent is denied: nothing is told, and what was kept is removed.',
  told: 'Told:',
  'left-out': 'beforeSend left this event out:',
  'same-identity': 'identify did nothing: this browser is known as this already.',
  renewed: 'A new temporaryId and a new session begin, because of reset, somebody else, or an answer of the relay.',
  failed: 'Something is wrong:',
};

export function explain(decision: string, about?: unknown): void {
  const line = [`%cwaymark%c ${words[decision] ?? decision}`, 'color:#0a6;font-weight:bold', ''];
  if (about === undefined) console.info(...line);
  else console.info(...line, about);
}
