import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem, problems, type ProblemName } from '../problems/problem.ts'
import { ALLOWED, notAnswered } from '../problems/methods.ts'
import { body, sendProblem, TYPE } from '../problems/answer.ts'
import { logAnswer } from '../lifecycle/request-log.ts'

/** How long an answered connection may go on sending, ms: closing it at once would be a reset, which takes the answer with it. */
const LINGER = 1000

/** CONNECT and Expect, which Node keeps for itself: it would drop the first without a word, and answer 417 without a body. */
export function registerMalformedRequests(app: FastifyInstance): void {
  app.server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined)
    answerOn(socket, notAnswered('CONNECT'), app.log)
  })
  // An expectation may be ignored (RFC 9110, 10.1.1); 100-continue is met by Node before this.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
}

/** What Node refuses before there is a request: answered on the bare socket. */
export function clientErrorAnswerer(
  log: FastifyBaseLogger,
  maxHeaderSize: number,
): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || isStreaming(socket)) socket.destroy()
    if (socket.writable) answerOn(socket, clientProblem(error, maxHeaderSize), log)
  }
}

/** An answer that is only half written on this connection would get the problem in its middle. (Node keeps it there for its own handler of such errors.) */
function isStreaming(socket: Duplex & { _httpMessage?: ServerResponse | null }): boolean {
  const { _httpMessage: answer } = socket
  return answer?.headersSent === true && !answer.writableEnded
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
  request.rows = 0
  reply.raw.once('finish', () => logAnswer(request, reply))
  void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  sendProblem(error, request, reply)
}

function answerOn(socket: Duplex, problem: Problem, log: FastifyBaseLogger): void {
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
