// A consent manager as small as can be. It is the one who remembers the decision, and says it on each page.
(() => {
  const decided = localStorage.getItem('consent');
  if (decided) waymark('setConsent', decided);

  document.addEventListener('DOMContentLoaded', () => {
    const bar = document.querySelector('#consent');
    bar.hidden = Boolean(decided);
    bar.addEventListener('click', ({ target }) => {
      if (!target.value) return;
      localStorage.setItem('consent', target.value);
      waymark('setConsent', target.value);
      bar.hidden = true;
    });
  });
})();
