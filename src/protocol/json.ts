// JSON as it is when this is loaded: in a page, other scripts may replace it later.

export type OwnJson = [parse: typeof JSON.parse, stringify: typeof JSON.stringify];

export let parseJson: OwnJson[0] = JSON.parse;
export let stringifyJson: OwnJson[1] = JSON.stringify;

/** JSON as it was when another script was loaded. */
export function useJson(own: OwnJson): void {
  [parseJson, stringifyJson] = own;
}
