// Chance that always falls the same way, so that every seeded demo looks alike: mulberry32, a public-domain generator.

export function createDice(seed) {
  let state = seed;
  function next() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const dice = {
    /** A whole number from `from` up to and with `to`. */
    number: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (likelihood) => next() < likelihood,
    pick: (list) => list[dice.number(0, list.length - 1)],
  };
  return dice;
}
