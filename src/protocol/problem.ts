// Every error that Waymark answers with, in one table: the code is stable, `docs/errors.md` is tested against it.
// A problem of a whole request becomes a problem document (RFC 9457); one of a single event becomes its result.

/**
 * `status`: the HTTP status when it concerns the whole request, 0 when it only ever concerns one event of a batch.
 * `title`: one sentence for the person who has to mend it.
 */
export const problems = {
  'not-found': { status: 404, title: 'There is nothing at this address.' },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not take this method.',
  },
  'unknown-key': {
    status: 401,
    title: 'The key in the request is not known here.',
  },
  'wrong-origin': {
    status: 403,
    title: 'The key does not allow pages of this origin.',
  },
  'not-authorized': {
    status: 403,
    title: 'The token does not allow this call.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is larger than this server takes.',
  },
  'too-many-events': {
    status: 413,
    title: 'The batch has more events than this server takes at once.',
  },
  'not-json': { status: 400, title: 'The body is not JSON.' },
  'not-a-batch': {
    status: 400,
    title: 'The body is neither a CloudEvent nor an array of CloudEvents.',
  },
  'unsupported-type': {
    status: 415,
    title: 'The content type is not one that this address takes.',
  },
  'too-slow': {
    status: 408,
    title: 'The body took longer to arrive than this server waits.',
  },
  'rate-limited': {
    status: 429,
    title: 'More events came than the limit allows; send again later.',
  },
  'over-quota': {
    status: 429,
    title: 'The key has sent as much today as it may; send again tomorrow.',
  },
  busy: {
    status: 503,
    title: 'The server has more to write than it can hold; send again later.',
  },
  'disk-low': {
    status: 503,
    title: 'The server has too little disk space to accept events; send again later.',
  },
  internal: {
    status: 500,
    title: 'The server failed; the log has the details under the request id.',
  },
  'invalid-event': {
    status: 400,
    title: 'The event is not a valid CloudEvent of this service.',
  },
  'visitor-unknown': {
    status: 403,
    title: 'The temporaryId has sent nothing yet, or its secret is wrong.',
  },
  'call-code-malformed': {
    status: 400,
    title: 'The request for a call code, or the code itself, is not of the expected form.',
  },
  'call-code-unknown': {
    status: 404,
    title: 'The call code is not valid here: never issued, used already, or expired.',
  },
  'cross-domain-malformed': {
    status: 400,
    title: 'The request about a link to another domain is not of the expected form.',
  },
  'cross-domain-unknown': {
    status: 404,
    title: 'The code of the link is not valid here: never announced, used already, expired, or for another page.',
  },
  'invalid-filter': {
    status: 400,
    title: 'The filter cannot be run.',
  },
  'type-reserved': {
    status: 0,
    title: 'Events of this type or source come from server keys only.',
  },
  'source-not-allowed': {
    status: 0,
    title: 'The key does not allow this source.',
  },
  'type-not-allowed': {
    status: 0,
    title: 'The key does not allow this event type.',
  },
  'identitytype-not-allowed': {
    status: 0,
    title: 'The key does not allow this identitytype.',
  },
  bot: {
    status: 0,
    title: 'The browser says that it is a bot, and this server takes no events of bots.',
  },
  'temporaryid-not-yours': {
    status: 0,
    title: 'The temporaryId belongs to another browser: its secret is missing or wrong.',
  },
  'identity-unproven': {
    status: 0,
    title: 'The identity is claimed without a valid token; it is kept as provisional only.',
  },
  'identity-conflict': {
    status: 0,
    title: 'The identity belongs to another known person; stored, but not linked.',
  },
  'identity-blocked': {
    status: 0,
    title: 'The identity is a block-listed value, which never links.',
  },
  'identity-limit': {
    status: 0,
    title: 'The person has as many identities of this type as are allowed; stored, but not linked.',
  },
  erased: {
    status: 0,
    title: 'The identity was erased; the page starts a new temporaryId.',
  },
} as const;

export type ProblemCode = keyof typeof problems;

/** Thrown by the parsers and guards of the server; `pointer` is a JSON pointer into the body (RFC 6901). */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly pointer: string | undefined;

  constructor(code: ProblemCode, detail: string, pointer?: string) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.pointer = pointer;
  }
}

/** The body of an `application/problem+json` answer (RFC 9457). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  pointer?: string;
}

export function encodeProblem(problem: Problem): ProblemDocument {
  const { status, title } = problems[problem.code];
  const document: ProblemDocument = {
    type: 'about:blank',
    title,
    status,
    code: problem.code,
    detail: problem.detail,
  };
  return problem.pointer === undefined ? document : { ...document, pointer: problem.pointer };
}
