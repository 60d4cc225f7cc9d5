// Runs on the server and in the browser: on the server the tracker is made all the same, and does nothing.
import { createTracker } from 'waymark';

export const tracker = createTracker({ key: 'pk_…', endpoint: 'https://events.example.com/collect' });

export function render(likes) {
  tracker.track('rendered', { likes });
  return `<h1>Example Bank</h1> <button>${likes} people like this</button>`;
}
