// Draws what happens by itself at most ten times a second: a page may send hundreds of events a second, and drawn at each of
// them the agent's browser would stand still. What the agent does is drawn at once, without this.
const betweenMs = 100;

/** The first call draws at once, those that follow soon after are one drawing. */
export function createPacing(draw: () => void): () => void {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const drawNow = () => {
    waiting = undefined;
    drawnAt = performance.now();
    draw();
  };
  return () => {
    if (waiting) return;
    const restMs = drawnAt + betweenMs - performance.now();
    if (restMs > 0) waiting = setTimeout(drawNow, restMs);
    else drawNow();
  };
}
