// One ordinary request: packed where it pays, given up after a while, its answer always read to the end, because a
// keepalive request whose body nobody reads blocks the next one.

export type Reply = [status: number, body: string, retryAfter?: string | null];

export type Body = string | Uint8Array<ArrayBuffer>;

const timeoutMs = 30_000;

/** Status 0 where nobody answered. */
export async function post(url: string, body: Body, keepalive: boolean): Promise<Reply> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      // Any other type would be asked for first, and bytes come without one.
      headers: { 'content-type': 'text/plain' },
      keepalive,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return [response.status, await response.text(), response.headers.get('retry-after')];
  } catch {
    return [0, ''];
  }
}

/** Rejects where the browser cannot. To bytes and not to a Blob, which costs the page a third more CPU. */
export async function gzip(text: string): Promise<Body> {
  const { body } = new Response(text) as { body: ReadableStream<Uint8Array<ArrayBuffer>> };
  return new Uint8Array(await new Response(body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}
