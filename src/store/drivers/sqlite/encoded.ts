// A result that is JSON text already, on its way between threads. Event bodies are JSON in the file and are put into the
// text as they are: quoting and parsing them once more took longer than the query.

export class Encoded<Value> {
  readonly text: string;
  /** What it is when it has arrived. */
  declare readonly value: Value;

  constructor(text: string) {
    this.text = text;
  }
}

export function encodeResult(result: unknown): string {
  return result instanceof Encoded ? result.text : (JSON.stringify(result) ?? 'null');
}
