import { STATUS_CODES, METHODS } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { Problem, problems, type ProblemName } from '../../errors.ts'
import { Invalid } from '../../domain/invalid.ts'
import { mistakes, type Mistake } from '../../domain/mistake.ts'
import { databaseProblem } from './database-problems.ts'

const TYPE = 'application/problem+json; charset=utf-8'

/** RFC 9457, with `errors` for each wrong parameter and the request's id. `type` is the problem's name under /problems/. */
interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  instance?: string
  errors?: Mistake[]
}

/** Every failure, also of an unknown path or a wrong method, becomes `application/problem+json` here. */
export function registerProblems(app: FastifyInstance, maxUrl: number): void {
  app.addHook('onRequest', async (request) => {
    if (request.url.length > maxUrl) throw new Problem('uri-too-long', `The path and query are ${request.url.length} characters long; allowed are ${maxUrl}`)
  })
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request) => {
    throw new Problem('not-found', `No resource at ${request.url.split('?')[0]?.slice(0, 200)}; GET / lists what there is`)
  })
  refuseOtherMethods(app)
}

export function sendProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request)
  const { status } = problems[problem.problem]
  if (status >= 500) request.log.error({ err: problem.cause ?? error, problem: problem.problem }, problem.message)
  else request.log.info({ problem: problem.problem }, problem.message)
  // A URL that cannot be decoded comes here before any hook.
  void reply.header('x-request-id', request.id)
  if (problem.headers) void reply.headers(problem.headers)
  if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter))
  void reply.code(status).type(TYPE).serializer(JSON.stringify).send(body(problem, request.id))
}

/** The body of a problem; also the last line of a stream that failed on its way. */
export function body(problem: Problem, requestId?: string): ProblemBody {
  const { status, title } = problems[problem.problem]
  return {
    type: `/problems/${problem.problem}`,
    title,
    status,
    detail: problem.message,
    ...(requestId === undefined ? {} : { instance: `urn:request:${requestId}` }),
    ...(problem.errors ? { errors: problem.errors } : {}),
  }
}

export function toProblem(error: FastifyError | Error, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Invalid) {
    const { parameter, given, allowed } = error
    return new Problem('invalid-request', error.message, { errors: [{ parameter, given, allowed }] })
  }
  if ('validation' in error && error.validation) return invalidRequest(error.validation, error.validationContext ?? '', request)
  const framework = 'statusCode' in error ? FRAMEWORK[error.statusCode ?? 0] : undefined
  if (framework) return new Problem(framework, error.message)
  return databaseProblem(error) ?? new Problem('internal-error', 'Something failed here; the log holds it under this request id', { cause: error })
}

/** What Fastify answers by itself, before or around a handler. */
const FRAMEWORK: Readonly<Record<number, ProblemName>> = { 400: 'bad-request', 404: 'not-found', 414: 'uri-too-long', 431: 'headers-too-large' }

/** Fastify stops at the first part that is wrong: a bad id would hide a bad query, so the query is looked at as well. */
function invalidRequest(found: FastifySchemaValidationError[], context: string, request: FastifyRequest): Problem {
  const { params = {}, querystring = {} } = (request.routeOptions.schema ?? {}) as { params?: object; querystring?: object }
  const errors = mistakes(found, context === 'params' ? params : querystring)
  if (context === 'params' && !request.validateInput(request.query, 'querystring')) {
    errors.push(...mistakes(request.getValidationFunction('querystring')?.errors ?? [], querystring))
  }
  const names = errors.map(({ parameter }) => parameter).join(', ')
  return new Problem('invalid-request', `Wrong: ${names}`, { errors })
}

/** A known path answers a wrong method with 405 and Allow; Fastify alone would say 404. */
function refuseOtherMethods(app: FastifyInstance): void {
  const others = METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method))
  for (const method of others) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  app.addHook('onRoute', ({ method, url, prefix }) => {
    if (method !== 'GET') return
    app.route({
      method: others,
      url: url.startsWith(prefix) ? url : `${prefix}${url}`,
      schema: { hide: true },
      onRequest: (request) => {
        throw new Problem('method-not-allowed', `${request.method} is not answered here; allowed are GET and HEAD`, { headers: { allow: 'GET, HEAD' } })
      },
      handler: () => undefined,
    })
  })
}

/** What Node refuses before there is a request: answered on the bare socket. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const name: ProblemName = error.code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'bad-request'
  const problem = new Problem(name, NODE_DETAILS[name])
  const text = JSON.stringify(body(problem))
  const { status } = problems[name]
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${TYPE}\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`)
}

const NODE_DETAILS = {
  'headers-too-large': 'The request line and headers together are longer than 32768 bytes',
  'request-timeout': 'The request did not arrive whole in time',
  'bad-request': 'This is not a request of HTTP/1.1',
} as const
