// A result that is JSON text already, on its way between threads. Event bodies are JSON in the file and are put into the
// text as they are: quoting and parsing them once more took longer than the query.

export class Encoded<Value> {
  readonly text: string;
  /** Arrives as it is, as the member `apart` of the value. */
  readonly apart: string | undefined;
  /** What it is when it has arrived. */
  declare readonly value: Value;

  constructor(text: string, apart?: string) {
    this.text = text;
    this.apart = apart;
  }
}

/** What crosses of a result. */
export interface EncodedResult {
  json: string;
  apart?: string;
}

export function encodeResult(result: unknown): EncodedResult {
  if (!(result instanceof Encoded)) return { json: JSON.stringify(result) ?? 'null' };
  const { text: json, apart } = result;
  return apart === undefined ? { json } : { json, apart };
}

export function decodeResult({ json, apart }: EncodedResult): unknown {
  const value = JSON.parse(json) ?? undefined;
  return apart === undefined ? value : { ...value, apart };
}
