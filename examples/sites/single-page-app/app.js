// A single-page app with a router of its own. The tracker sees each change of route by itself, and tells it once it has settled.
import { createTracker } from 'waymark';

const tracker = createTracker({
  key: 'pk_…',
  endpoint: 'https://events.example.com/collect',
  rules: [{ match: '/rates*', type: 'webvisitRates', origin: 'Rates' }],
});

function show() {
  const [, page, years] = location.pathname.split('/');
  document.title = page ? `Rates ${years ?? ''}`.trim() : 'Example Bank';
  document.querySelector('main').innerHTML =
    `<h1>${document.title}</h1>${years ? '<button>Ask for a quote</button>' : ''}`;
  document.querySelector('main button')?.addEventListener('click', () => {
    tracker.track('quote', { years: Number(years) });
  });
}

document.querySelector('nav').addEventListener('click', (click) => {
  click.preventDefault();
  history.pushState({}, '', click.target.href);
  show();
});
addEventListener('popstate', show);
show();
