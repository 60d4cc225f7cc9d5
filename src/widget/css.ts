// Marks a text as a style sheet, for editors and for the bundle, which takes its blanks out (rollup.config.mjs). Lit's own
// tag checks what is put into a sheet; nothing is put into ours but what stands in these files.
export const css: (strings: TemplateStringsArray, ...values: unknown[]) => string = String.raw;
