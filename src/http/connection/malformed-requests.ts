import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem, problems, type ProblemName } from '../problems/problem.ts'
import { ALLOWED, notAnswered, restoreMethod } from '../problems/methods.ts'
import { body, sendProblem, TYPE } from '../problems/answer.ts'
import type { OpenConnections } from './open-connections.ts'
import { logAnswer } from '../lifecycle/request-log.ts'

/** How long an answered connection may go on sending, ms: closing it at once would be a reset, which takes the answer with it. */
const LINGER = 1000

/**
 * What Node keeps for itself is answered here: what is no request (on the bare socket), CONNECT (it would be dropped without a word), and Expect (417
 * without a body). Requests that the connection sent before have their answers first: the next answer would be taken for that of the first of them.
 */
export function registerMalformedRequests(
  app: FastifyInstance,
  { unanswered, onceAnswered }: OpenConnections,
  maxHeaderSize: number,
): void {
  // Fastify's own answers in words of its own.
  app.server.removeAllListeners('clientError')
  app.server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET') socket.destroy()
    onceAnswered(socket, () => answerOn(socket, clientProblem(error, maxHeaderSize), app.log))
  })
  app.server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined)
    // Node has let the connection go: a long answer before this one would not hear any more when it may go on.
    if (unanswered.get(socket)?.size === 0) answerOn(socket, notAnswered('CONNECT'), app.log)
    else socket.destroy()
  })
  // An expectation may be ignored (RFC 9110, 10.1.1); 100-continue is met by Node before this.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
}

function clientProblem({ code }: NodeJS.ErrnoException, maxHeaderSize: number): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem(
      'headers-too-large',
      `The request line and headers together are longer than ${maxHeaderSize} bytes`,
    )
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('request-timeout', 'The request did not arrive whole in time')
  return new Problem('bad-request', 'This is not a request of HTTP/1.1')
}

/** What the router refuses before any hook: a path that cannot be decoded, or is too long. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  restoreMethod(request)
  request.rows = 0
  reply.raw.once('finish', () => logAnswer(request, reply))
  void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  sendProblem(error, request, reply)
}

function answerOn(socket: Socket, problem: Problem, log: FastifyBaseLogger): void {
  if (!socket.writable) return
  const name: ProblemName = problem.problem
  const { status } = problems[name]
  const requestId = randomUUID()
  const text = JSON.stringify(body(problem, requestId))
  log.info({ requestId, route: 'none', status, problem: name }, 'request')
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `content-type: ${TYPE}`,
      `content-length: ${Buffer.byteLength(text)}`,
      `x-request-id: ${requestId}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      ...(name === 'method-not-allowed' ? [`allow: ${ALLOWED}`] : []),
      'connection: close',
      '',
      text,
    ].join('\r\n'),
  )
  setTimeout(() => socket.destroy(), LINGER).unref()
}
