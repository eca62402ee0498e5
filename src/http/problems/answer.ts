import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem, problems } from './problem.ts'
import { Invalid } from '../../domain/invalid.ts'
import type { Mistake } from '../../domain/mistake.ts'
import { undecodable } from '../../domain/percent-encoding.ts'
import { databaseProblem } from './database-problem.ts'
import { problemUrl } from '../links.ts'
import { invalidRequest } from './invalid-request.ts'
import { wrongParameters } from './wrong-parameters.ts'

export const TYPE = 'application/problem+json; charset=utf-8'

/** RFC 9457, with `errors` for each wrong parameter and the request's id. `type` is the problem's name under /problems/. */
interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  errors?: Mistake[]
}

declare module 'fastify' {
  interface FastifyInstance {
    /** How the routes of this scope answer errors. Another API decorates its scope with a form of its own. */
    errorForm: ErrorForm
  }
}

/** How errors are answered: the type and the body of a problem. */
export interface ErrorForm {
  type: string
  body: (problem: Pick<Problem, 'problem' | 'message' | 'errors'>, requestId: string) => object
}

/** Whatever was thrown is answered here, in the form of its scope: `application/problem+json` unless it has one of its own. */
export function registerErrors(app: FastifyInstance): void {
  app.decorate('errorForm', { type: TYPE, body })
  app.setErrorHandler(sendProblem)
}

/** Answers a failure as a problem. */
export function sendProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request)
  const { status } = problems[problem.problem]
  if (gone(reply)) request.log.debug({ problem: problem.problem }, 'nobody waits for this answer any more')
  // A refusal of our own (starting, too many streams) is no failure: its line of the request says enough.
  else if (status >= 500 && (problem !== error || problem.cause !== undefined))
    request.log.error({ err: problem.cause ?? error, problem: problem.problem }, problem.message)
  // The line of the request says the status; the detail may repeat what was sent, in a path or as the name of a parameter.
  else request.log.debug({ problem: problem.problem }, printable(problem.logged))
  // A URL that cannot be decoded comes here before any hook.
  void reply.header('x-request-id', request.id)
  if (problem.headers) void reply.headers(problem.headers)
  if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter))
  const form = request.server.errorForm
  void reply.code(status).type(form.type).serializer(JSON.stringify).send(form.body(problem, request.id))
}

/** On a terminal, what was sent could otherwise end the line and begin one of its own, or colour it. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
}

/** The client went away before its answer. (One that waits behind another answer of its connection has no socket yet, and is not destroyed with it.) */
function gone({ raw }: FastifyReply): boolean {
  return (raw.destroyed || raw.req.socket.destroyed) && !raw.writableFinished
}

/** The body of a problem; also the last line of a stream that failed on its way. */
export function body(problem: Pick<Problem, 'problem' | 'message' | 'errors'>, requestId: string): ProblemBody {
  const { status, title } = problems[problem.problem]
  return {
    type: problemUrl(problem.problem),
    title,
    status,
    detail: problem.message,
    instance: `urn:request:${requestId}`,
    ...(problem.errors ? { errors: problem.errors } : {}),
  }
}

export function toProblem(error: FastifyError | Error, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Invalid) {
    const { parameter, given, allowed } = error
    return wrongParameters([{ parameter, given, allowed }])
  }
  if ('validation' in error && error.validation)
    return invalidRequest(error.validation, error.validationContext ?? '', request)
  return (
    frameworkProblem(error, request) ??
    databaseProblem(error) ??
    new Problem('internal-error', 'Something failed here; the log holds it under this request id', { cause: error })
  )
}

/** What Fastify and its plugins refuse by themselves, in our words: theirs repeat the URL, query and all. */
function frameworkProblem(error: FastifyError | Error, { url }: FastifyRequest): Problem | undefined {
  const status = 'statusCode' in error ? (error.statusCode ?? 0) : 0
  if (status < 400 || status >= 500) return undefined
  if (status === 414) return new Problem('uri-too-long', 'A part of the path is too long')
  if ('code' in error && error.code === 'FST_ERR_BAD_URL')
    return new Problem(
      'bad-request',
      `The path holds ${undecodable(url.split('?')[0] ?? '') ?? 'a percent-encoding'}, which cannot be decoded; allowed is UTF-8, percent-encoded (% itself is %25)`,
    )
  return new Problem('bad-request', 'The request cannot be answered as it is; look at its path and headers')
}
