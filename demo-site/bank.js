// The forms of Home Bank: log in, log out, confirm a phone. After the bank's own server has vouched for the visitor,
// one call tells Waymark who it is. That is all a site has to do beyond the script tag.

// The queue: calls made before waymark.js has arrived are kept and made then.
window.waymark =
  window.waymark ||
  function queue(...call) {
    queue.q = queue.q || [];
    queue.q.push(call);
  };

showSession();
onSubmit('login', logIn);
onSubmit('sms-start', sendCode);
onSubmit('sms-verify', confirmCode);
document.getElementById('logout')?.addEventListener('click', logOut);
for (const button of document.querySelectorAll('[data-fill]'))
  button.addEventListener('click', () => fill(button.dataset.fill, button.dataset.value));
for (const button of document.querySelectorAll('[data-login]'))
  button.addEventListener('click', () => {
    fill('email', button.dataset.login);
    fill('password', button.dataset.password);
  });

async function logIn(form) {
  const { identity, identitytype } = await post('/api/login', {
    email: form.email.value,
    password: form.password.value,
  });
  // Somebody else at the same device starts as a new visitor, before the bank's server binds its word to this browser.
  waymark('expect', identity, { identitytype });
  const { token } = await (await fetch('/api/token')).json();
  // Without a token (the browser takes no cookies) there is nobody whom the bank could vouch for.
  if (token) waymark('identify', identity, { identitytype, token, type: 'webvisitLogin', source: 'home.com:login' });
  location.assign('/account.html');
}

async function logOut() {
  await post('/api/logout', {});
  waymark('reset');
  location.assign('/');
}

async function sendCode(form) {
  waymark('expect', form.phone.value, { identitytype: 'phone' });
  const { phone, pretendPhone } = await post('/api/sms/start', { phone: form.phone.value });
  const verify = document.getElementById('sms-verify');
  verify.dataset.phone = phone;
  verify.hidden = false;
  verify.code.focus();
  const bubble = document.querySelector('[data-bubble]');
  const code = document.createElement('strong');
  code.textContent = pretendPhone.code;
  bubble.replaceChildren(`${pretendPhone.from}: your code is `, code, ' Do not pass it on.');
  bubble.hidden = false;
  document.querySelector('[data-empty]').hidden = true;
}

async function confirmCode(form) {
  const { phone, token } = await post('/api/sms/verify', { phone: form.dataset.phone, code: form.code.value });
  if (token) waymark('optIn', { channel: 'sms', phone, token });
  form.hidden = true;
  document.getElementById('sms-start').hidden = true;
  document.querySelector('[data-confirmed]').textContent = phone;
  document.getElementById('sms-done').hidden = false;
}

/** The header's link, and on the account page the customer's name. */
async function showSession() {
  const { customer } = await (await fetch('/api/session')).json();
  if (!customer) return;
  const link = document.querySelector('[data-session-link]');
  link.textContent = 'Account';
  link.href = '/account.html';
  const name = document.querySelector('[data-first-name]');
  if (!name) return;
  name.textContent = `, ${customer.firstName}`;
  const phone = customer.phone ? ` and ${customer.phone}` : '';
  document.querySelector('[data-customer]').textContent = `We reach you under ${customer.email}${phone}.`;
}

function onSubmit(id, handle) {
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

async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function fill(id, value) {
  document.getElementById(id).value = value;
}
