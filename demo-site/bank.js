// The forms of Home Bank: log in, log out, confirm a phone. After the bank's own server has vouched for the visitor,
// one call tells Waymark who it is. That is all a site has to do beyond the script tag.
import { get, onSubmit, post, tell } from './forms.js';
import './privacy.js';

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

// Pressed before somebody listens, a form would be sent as it stands. This is the last script of a page to run.
for (const button of document.querySelectorAll('[data-when-ready]')) button.disabled = false;

async function logIn(form) {
  const { identity, identitytype } = await post('/api/login', {
    email: form.email.value,
    password: form.password.value,
  });
  // Somebody else at the same device starts as a new visitor, before the bank's server binds its word to this browser.
  tell('expect', identity, { identitytype });
  const { token } = await get('/api/token');
  // Without a token (the browser takes no cookies) there is nobody whom the bank could vouch for.
  if (token) tell('identify', identity, { identitytype, token, type: 'webvisitLogin', source: 'home.com:login' });
  location.assign('/account.html');
}

async function logOut() {
  await post('/api/logout', {});
  tell('reset');
  location.assign('/');
}

async function sendCode(form) {
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
  const { phone, ticket } = await post('/api/sms/verify', { phone: form.dataset.phone, code: form.code.value });
  // Only now is it known whose phone it is. Had a number been typed wrong, nothing would have happened to the journey:
  // the tracker starts a new visitor for another phone when it is proven, and then asks for the bank's word.
  const token = async () => (await post('/api/sms/token', { ticket })).token;
  tell('optIn', { channel: 'sms', phone, token });
  form.hidden = true;
  document.getElementById('sms-start').hidden = true;
  document.querySelector('[data-confirmed]').textContent = phone;
  document.getElementById('sms-done').hidden = false;
}

/** The header's link, and on the account page the customer's name. */
async function showSession() {
  const link = document.querySelector('[data-session-link]');
  if (!link) return;
  const { customer } = await get('/api/session');
  if (!customer) return;
  link.textContent = 'Account';
  link.href = '/account.html';
  const name = document.querySelector('[data-first-name]');
  if (!name) return;
  name.textContent = `, ${customer.firstName}`;
  const phone = customer.phone ? ` and ${customer.phone}` : '';
  document.querySelector('[data-customer]').textContent = `We reach you under ${customer.email}${phone}.`;
}

function fill(id, value) {
  document.getElementById(id).value = value;
}
