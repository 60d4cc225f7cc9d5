// One ordinary request: packed where it pays, given up after a while, its answer always read to the end, because a
// keepalive request whose body nobody reads blocks the next one.

export type Reply = [status: number, body: string, retryAfter: string | null];

const timeoutMs = 30_000;

/** Status 0 where nobody answered. */
export async function post(url: string, body: string | Blob, keepalive: boolean): Promise<Reply> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', body, keepalive, signal });
    return [response.status, await response.text(), response.headers.get('retry-after')];
  } catch {
    return [0, '', null];
  }
}

/** Rejects where the browser cannot. */
export async function gzip(text: string): Promise<Blob> {
  const stream = new Response(text).body as ReadableStream<Uint8Array<ArrayBuffer>>;
  const packed = new Response(stream.pipeThrough(new CompressionStream('gzip')));
  return new Blob([await packed.blob()], { type: 'text/plain' });
}
