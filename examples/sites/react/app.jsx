// A small app in StrictMode, which in development mounts everything twice. Visits are told by themselves; what the visitor
// does is told in the handler, which runs once, and who they are in an effect.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { tracker, useIdentity } from './tracking.js';

async function askForToken() {
  const answer = await fetch('/token', { method: 'POST' });
  if (!answer.ok) throw new Error('no token');
  return answer.text();
}

function Account({ customer, onLogout }) {
  useIdentity(customer, askForToken);
  function logOut() {
    tracker.reset();
    onLogout();
  }
  return (
    <button type="button" id="logout" onClick={logOut}>
      Log out
    </button>
  );
}

function App() {
  const [customer, setCustomer] = useState();
  const [asked, setAsked] = useState(false);
  function ask() {
    tracker.track('quote', { years: 20 });
    setAsked(true);
  }
  return (
    <main>
      <button type="button" id="quote" onClick={ask}>
        {asked ? 'You will hear from us' : 'Ask for a quote'}
      </button>
      {customer ? (
        <Account customer={customer} onLogout={() => setCustomer(undefined)} />
      ) : (
        <button type="button" id="login" onClick={() => setCustomer('ruegreen@example.com')}>
          Log in
        </button>
      )}
    </main>
  );
}

createRoot(document.querySelector('#root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
