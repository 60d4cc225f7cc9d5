// The mortgage calculator. The sum changes while one types; a quote is told to Waymark when somebody asks for it.
import { tell } from './forms.js';

const rates = { 2: 3.79, 5: 3.49, 10: 3.69, 15: 3.89 };
const form = document.getElementById('calculator');
const shown = form.querySelector('output');
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

const wanted = Number(new URLSearchParams(location.search).get('amount'));
if (wanted >= 10_000 && wanted <= 2_000_000) form.amount.value = wanted;
show();
form.addEventListener('input', show);
form.addEventListener('submit', (domEvent) => {
  domEvent.preventDefault();
  const quote = read();
  if (!quote) return;
  const { amount, years, fixedYears, monthly } = quote;
  tell('track', 'quote', {
    ...quote,
    origin: 'Mortgage calculator',
    channelType: 'Quote',
    uiData: {
      title: 'Mortgage quote',
      subTitle: `${whole.format(amount)} over ${years} years, fixed for ${fixedYears}: ${whole.format(monthly)} a month`,
      iconType: 'Quote',
    },
  });
  document.querySelector('[data-quote-done]').textContent =
    'Noted. Whoever answers when you call has this quote in front of them.';
});

/** Undefined where the numbers make no loan. */
function read() {
  const amount = form.amount.valueAsNumber;
  const years = form.years.valueAsNumber;
  const fixedYears = Number(form.fixed.value);
  const rate = rates[fixedYears];
  if (!form.checkValidity() || !rate) return undefined;
  const monthlyRate = rate / 1200;
  const monthly = Math.round((amount * monthlyRate) / (1 - (1 + monthlyRate) ** (-12 * years)));
  return { amount, years, fixedYears, rate, monthly };
}

function show() {
  const quote = read();
  shown.textContent = quote ? whole.format(quote.monthly) : '–';
}
