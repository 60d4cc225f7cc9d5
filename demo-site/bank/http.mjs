// The little of HTTP that Home Bank's calls need: JSON in, JSON out, cookies, and errors that say what was wrong.

const maxBodyBytes = 10_000;

/** Becomes the answer's status and its `error`. */
export class BadRequest extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function readJson(request) {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new BadRequest(415, 'Expected a JSON body (Content-Type: application/json).');
  const text = await readText(request);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadRequest(400, 'The body is not JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadRequest(400, 'Expected a JSON object.');
  return body;
}

/** The body as it came, which is what a signature is over. */
export async function readText(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += piece;
    if (text.length > maxBodyBytes) throw new BadRequest(413, 'The body is too large.');
  }
  return text;
}

export function sendJson(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function cookiesOf(request) {
  const cookies = {};
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const value = pair.slice(equals + 1).trim();
    try {
      cookies[pair.slice(0, equals).trim()] = decodeURIComponent(value);
    } catch {
      cookies[pair.slice(0, equals).trim()] = value;
    }
  }
  return cookies;
}
