// Routes of single-page apps in browsers without the Navigation API (visits.ts): there the history itself is watched.
// The page may have moved on before this part was loaded, so it looks once at the start.
import type { Host } from './parts.ts';

export function followHistory({ listen, look }: Host): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...state) {
      original.apply(this, state);
      look();
    };
  }
  listen(window, 'popstate', () => look('back'));
  listen(window, 'hashchange', () => look());
  look();
}
