// A caller reads out the code that their contact page shows. Entered here during a call, it joins the caller's number to the
// visit in their browser; without a call it only shows whose visit it is.

/** `contact()` is the contact that the agent has now; `onFound(identity)` is called with whom to show. */
export function startCallCodes({ send, workspace }, { contact, onFound }) {
  const form = document.getElementById('call-code');
  const said = document.getElementById('code-said');
  form.addEventListener('submit', async (domEvent) => {
    domEvent.preventDefault();
    said.textContent = '';
    const { identity, identitytype } = contact() ?? {};
    try {
      const person = await send(`/v1/api/call-code/workspace-id/${workspace}`, {
        code: form.code.value,
        ...(identity && { identity, identitytype }),
      });
      form.reset();
      said.textContent = identity ? `The visit and ${identity} are one journey now.` : 'Here is the visit.';
      onFound(identity ?? person.email[0] ?? person.phone[0] ?? person.temporaryId[0]);
    } catch (error) {
      said.textContent = error.message;
      form.code.select();
    }
  });
}
