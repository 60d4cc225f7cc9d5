// Turns the text of a server-sent event stream into messages (WHATWG HTML, 9.2.6 "Interpreting an event stream").
// The browser's own EventSource cannot send an Authorization header, so the stream is read with fetch and parsed here.

export interface SseMessage {
  data: string;
  /** The last id that the stream named, for `Last-Event-ID`; empty before the first. */
  lastEventId: string;
}

export interface SseParser {
  /** Takes the next piece of text, cut anywhere; calls back once for each complete message. */
  push(chunk: string): void;
}

export function createSseParser(onMessage: (message: SseMessage) => void): SseParser {
  let rest = '';
  let data: string[] = [];
  let lastEventId = '';
  let started = false;

  function push(chunk: string): void {
    rest += chunk;
    if (!started && rest !== '') {
      started = true;
      if (rest.startsWith('\uFEFF')) rest = rest.slice(1);
    }
    // A carriage return at the very end may be half of a CR LF, so it waits for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) readLine(line);
  }

  function readLine(line: string): void {
    if (line === '') {
      dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) lastEventId = value;
  }

  function dispatch(): void {
    if (data.length > 0) onMessage({ data: data.join('\n'), lastEventId });
    data = [];
  }

  return { push };
}
