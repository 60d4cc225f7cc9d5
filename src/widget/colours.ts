// The colours that an icon map may name: all of the seed deck and of v10 (jds-contract 7.5). Each is a hue and a chroma;
// the theme gives ground and glyph their lightness, so that every colour has the same contrast in light and dark.
const hues: Record<string, readonly [hue: number, chroma: number]> = {
  red: [25, 0.16],
  darkred: [20, 0.19],
  orange: [55, 0.15],
  gold: [80, 0.14],
  yellow: [98, 0.15],
  olive: [112, 0.11],
  lime: [128, 0.16],
  green: [148, 0.15],
  mint: [165, 0.13],
  darkmint: [175, 0.1],
  cyan: [205, 0.11],
  slate: [245, 0.045],
  blue: [250, 0.14],
  cobalt: [266, 0.17],
  violet: [292, 0.16],
  purple: [312, 0.17],
  pink: [350, 0.16],
  gray: [250, 0.015],
  grey: [250, 0.015],
  black: [250, 0],
};

export function isColour(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(hues, name);
}

/** Rules of a style sheet: `.c-red{--_h:25;--_c:.16}`. */
export const colourRules: string = Object.entries(hues)
  .map(([name, [hue, chroma]]) => `.c-${name}{--_h:${hue};--_c:${chroma}}`)
  .join('');
