// Long lists, drawn in pieces of fifty rows of which only those near the reader's eye exist. What is out of sight keeps its
// height, so the scroll bar tells the truth. Pieces are counted from the oldest row, so a new one moves no piece's border.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

const rowsPerChunk = 50;
const estimatedRowPx = 48;

export interface ChunkWindow {
  /** A list of rows; `name` is unique among the lists of the element. */
  list<Row>(
    name: string,
    className: string,
    rows: readonly Row[],
    draw: (rows: readonly Row[]) => unknown,
  ): TemplateResult;
  /** After each drawing: watches the pieces that are there now. */
  watch(root: ShadowRoot): void;
  close(): void;
}

export function createChunkWindow(onChange: () => void): ChunkWindow {
  const near = new Set<string>();
  const heights = new Map<string, number>();
  let observer: IntersectionObserver | undefined;
  const watched = new Set<Element>();

  function see(changes: readonly IntersectionObserverEntry[]): void {
    let changed = false;
    for (const { target, isIntersecting } of changes) {
      const key = (target as HTMLElement).dataset['chunk'] ?? '';
      if (isIntersecting === near.has(key)) continue;
      // The reader's place in the keyboard order must not vanish under them.
      if (!isIntersecting && target.matches(':focus-within')) continue;
      if (isIntersecting) near.add(key);
      else near.delete(key);
      if (!isIntersecting) heights.set(key, (target as HTMLElement).offsetHeight);
      changed = true;
    }
    if (changed) onChange();
  }

  return {
    list(name, className, rows, draw) {
      const first = rows.length % rowsPerChunk || rowsPerChunk;
      const count = Math.ceil(rows.length / rowsPerChunk);
      const pieces = Array.from({ length: count }, (_, index) => {
        const start = index === 0 ? 0 : first + (index - 1) * rowsPerChunk;
        const key = `${name}-${count - index}`;
        return { key, start, rows: rows.slice(start, first + index * rowsPerChunk), shown: index < 2 || near.has(key) };
      });
      return html`${repeat(
        pieces,
        ({ key }) => key,
        ({ key, start, rows: part, shown }) =>
          html`<ol class=${className} start=${start + 1} data-chunk=${key} data-rows=${shown ? 0 : part.length}>${shown ? draw(part) : nothing}</ol>`,
      )}`;
    },
    watch(root) {
      observer ??= new IntersectionObserver(see, { rootMargin: '1500px 0px' });
      const present = new Set(root.querySelectorAll<HTMLElement>('[data-chunk]'));
      for (const element of watched) {
        if (present.has(element as HTMLElement)) continue;
        observer.unobserve(element);
        watched.delete(element);
      }
      for (const element of present) {
        const rows = Number(element.dataset['rows']);
        const height = heights.get(element.dataset['chunk'] ?? '') ?? rows * estimatedRowPx;
        element.style.minHeight = rows > 0 ? `${height}px` : '';
        if (!watched.has(element)) observer.observe(element);
        watched.add(element);
      }
    },
    close() {
      observer?.disconnect();
      observer = undefined;
      watched.clear();
      near.clear();
      heights.clear();
    },
  };
}
