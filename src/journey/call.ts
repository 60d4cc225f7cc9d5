// A call of the API, declared once: how it is reached, who may make it, what it takes and answers. The route, the check
// of the caller, the audit and the OpenAPI document all come from the same declaration, so they cannot disagree.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Scope, Workspace } from '../access/index.ts';
import { type Admitted, admit } from './authorize.ts';
import type { Body } from './body.ts';
import type { JourneyContext } from './journey.ts';
import { envelope, type Schema } from './schemas.ts';

export interface Call {
  /** The operation's name in the document and in the audit. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As fastify takes it: `:ws` is the workspace. */
  path: string;
  /** Where the workspace id stands. Default `path`; `none`: the caller's own. */
  workspaceIn?: 'path' | 'query' | 'none';
  group: string;
  /** One sentence for the document. */
  summary: string;
  /** Any of these is enough (jds-contract 0.3); `signature`: the call checks a signature of the body itself. */
  scopes: readonly Scope[] | 'signature';
  /** Whether short-lived tokens may make it: `stream` ones, or `read` ones too. Default: neither. */
  shortLived?: 'read' | 'stream';
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: { type: string | string[]; schema: Schema; optional?: boolean };
  answer: Answer;
  /** Whom it concerns is written to the audit. */
  audited?: boolean;
  run(request: CallRequest): Promise<unknown>;
}

export interface Answer {
  /** Default 200. */
  status?: number;
  /** Of `data` in the envelope, or of the whole body where `bare`. */
  schema: Schema;
  bare?: boolean;
  /** Default `application/json`. */
  type?: string;
}

export interface CallRequest extends Admitted {
  params: Record<string, string>;
  query: unknown;
  body: Body;
  request: FastifyRequest;
  reply: FastifyReply;
  /** Notes for the audit whom the answer is about. */
  saw(...personIds: string[]): void;
}

export function serveCall(app: FastifyInstance, context: JourneyContext, call: Call): void {
  const { status = 200, bare = false } = call.answer;
  context.calls.push(call);
  app.route({
    method: call.method,
    url: call.path,
    handler: async (request, reply) => {
      const who: Partial<Admitted> = {};
      const { admitted, result, persons } = await attempt(request, reply, who).catch((error) => {
        context.noteRefusal({ call, request, who, error });
        throw error;
      });
      if (call.audited) {
        context.audit.note({
          workspace: admitted.workspace.id,
          caller: admitted.caller.name,
          call: call.name,
          persons: [...persons],
          trackingId: request.id,
        });
      }
      // A stream has taken the connection over.
      if (reply.sent) return reply;
      const answer = bare ? result : wrap(result, admitted.workspace);
      reply.code(status);
      if (!(answer instanceof JsonText)) return reply.send(answer);
      return reply.type('application/json; charset=utf-8').send(answer.text);
    },
  });

  async function attempt(request: FastifyRequest, reply: FastifyReply, who: Partial<Admitted>) {
    const admitted = await admit(context, request, call, who);
    const persons = new Set<string>();
    const result = await call.run({
      ...admitted,
      params: request.params as Record<string, string>,
      query: request.query,
      body: (request.body ?? {}) as Body,
      request,
      reply,
      saw: (...personIds) => {
        for (const id of personIds) persons.add(id);
      },
    });
    return { admitted, result, persons };
  }
}

/** The envelope of every answer (jds-contract 0.4); `meta` of the result is added to it. */
function wrap(result: unknown, workspace: Workspace): unknown {
  const { data, meta } = result as { data: unknown; meta?: Record<string, unknown> };
  const whole = { organizationId: workspace.organizationId, workspaceId: workspace.id, ...meta };
  if (!(data instanceof JsonText)) return { meta: whole, data };
  return new JsonText(`{"meta":${JSON.stringify(whole)},"data":${data.text}}`);
}

/** Data that is JSON text already, and is passed on as it is. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function answerSchema({ schema, bare = false }: Answer): Schema {
  return bare ? schema : envelope(schema);
}
