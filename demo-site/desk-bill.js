// A late payment, to play through (recipe UC1): notices go out from here, the customer pays on the account page of the
// bank, and at each step the desk knows what a call is probably about before the caller says a word.
import { repeatWhileSeen } from './desk-service.js';

const refreshMs = 2500;
const state = document.getElementById('bill-state');
const button = document.getElementById('send-notice');

export function startBill() {
  button.addEventListener('click', async () => {
    button.disabled = true;
    await fetch('/desk/notice', { method: 'POST' }).catch(() => {});
    await refresh();
  });
  repeatWhileSeen(refresh, refreshMs);
}

async function refresh() {
  const response = await fetch('/desk/bill').catch(() => undefined);
  if (!response?.ok) return;
  const { firstName, lastName, bill } = await response.json();
  document.querySelector('[data-bill-name]').textContent = `${firstName} ${lastName}`;
  const text = describe(bill, firstName);
  if (state.textContent !== text) state.textContent = text;
  button.textContent = bill.status === 'overdue' ? 'Remind again by SMS' : 'Remind by SMS';
  button.disabled = bill.notice === 2;
}

function describe({ status, amount, notice }, name) {
  if (status === 'none') return 'Nothing is due.';
  if (status === 'complete') return `Paid: ${amount}.`;
  return `${amount} past due, notice ${notice} sent. To pay it, log in at the bank as ${name}.`;
}
