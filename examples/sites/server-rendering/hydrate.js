// In the browser: takes over the page that the server has rendered.
import { render, tracker } from './page.js';

const root = document.querySelector('main');
let likes = Number.parseInt(root.querySelector('button').textContent, 10);

root.addEventListener('click', () => {
  likes += 1;
  tracker.track('liked', { likes });
  root.innerHTML = render(likes);
});
