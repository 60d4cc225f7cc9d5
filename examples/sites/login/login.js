// Login and logout. A script that a blocker has stopped never stands in the way: the calls to waymark return at once.
const form = document.querySelector('form');
const status = document.querySelector('[role=status]');

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', body });
  return response.ok ? response.text() : undefined;
}

form.addEventListener('submit', async (submitted) => {
  submitted.preventDefault();
  const customer = await post('/login', new URLSearchParams(new FormData(form)));
  status.textContent = customer ? `Good to see you, ${customer}` : 'That is not right.';
  if (!customer) return;
  // Before the token is made: somebody else at this device starts as a new visitor now, and the token is bound to that one.
  waymark('expect', customer);
  const token = await post('/token');
  if (token) waymark('identify', customer, { token });
});

document.querySelector('#logout').addEventListener('click', async () => {
  await post('/logout');
  waymark('reset');
  status.textContent = '';
});
