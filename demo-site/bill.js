// The water bill on the account page: what is due, and a button that pays it. The bank's server asks the journey and writes
// into it; the page only shows.
import { get, post } from './forms.js';

const panel = document.querySelector('[data-bill]');
const payButton = panel.querySelector('[data-bill-pay]');
const error = panel.querySelector('[data-bill-error]');

payButton.addEventListener('click', async () => {
  payButton.disabled = true;
  error.textContent = '';
  try {
    show(await post('/api/bill/pay', {}));
  } catch (reason) {
    error.textContent = reason.message;
  }
  payButton.disabled = false;
});

show(await get('/api/bill'));

function show({ status, amount, notice }) {
  panel.hidden = status === 'none';
  payButton.hidden = status !== 'overdue';
  panel.querySelector('[data-bill-amount]').textContent = amount ?? '';
  panel.querySelector('[data-bill-text]').textContent =
    status === 'overdue'
      ? `Past due. We have sent you notice ${notice} by SMS.`
      : 'Paid. Whoever answers when you call knows it already.';
}
