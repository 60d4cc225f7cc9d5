// A live stream of the Journey Data Service, read as text until it is closed.

export interface ListenedStream {
  /** What has come so far. */
  text(): string;
  close(): void;
}

const openTimeoutMs = 10_000;

/** Undefined where it cannot be opened. */
export async function listen(url: string, token: string): Promise<ListenedStream | undefined> {
  const abort = new AbortController();
  const impatience = setTimeout(() => abort.abort(), openTimeoutMs);
  try {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok || !response.body) {
      abort.abort();
      return undefined;
    }
    let text = '';
    void readAll(response.body, (part) => {
      text += part;
    });
    return { text: () => text, close: () => abort.abort() };
  } catch {
    return undefined;
  } finally {
    clearTimeout(impatience);
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, onPart: (part: string) => void): Promise<void> {
  const utf8 = new TextDecoder();
  try {
    for await (const chunk of body) onPart(utf8.decode(chunk, { stream: true }));
  } catch {
    // Closed, by us or by them: what has come is what there is.
  }
}
