import type { Mistake } from '../../domain/mistake.ts'

/** What is not there for want of room or of the database is mostly there again after so long. */
export const RETRY_SECONDS = 2

/** Every failure that a client may see has one line here. Nothing else sets a status code. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request does not match the schema' },
  'bad-request': { status: 400, title: 'The request cannot be read' },
  unauthenticated: { status: 401, title: 'The request shows no key or token that is taken' },
  forbidden: { status: 403, title: 'The request may not see this' },
  'not-found': { status: 404, title: 'No such resource' },
  'method-not-allowed': { status: 405, title: 'The resource does not answer this method' },
  'not-acceptable': { status: 406, title: 'The resource has no form that the Accept header allows' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'content-too-large': { status: 413, title: 'The body is too large' },
  'uri-too-long': { status: 414, title: 'The path or the query is too long' },
  'too-many-requests': { status: 429, title: 'Too many requests in a minute' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'The service failed' },
  unavailable: { status: 503, retryAfter: RETRY_SECONDS, title: 'The service cannot answer right now' },
  timeout: { status: 504, retryAfter: RETRY_SECONDS, title: 'The answer was not ready in time' },
} as const

export type ProblemName = keyof typeof problems

export interface ProblemDetails {
  /** Every wrong parameter (400). */
  errors?: Mistake[]
  /** Seconds after which a retry makes sense (429, 503, 504), if it is another time than that of the problem. */
  retryAfter?: number
  /** Further headers of the answer, e.g. `allow` (405) or `www-authenticate` (401). */
  headers?: Record<string, string>
  /** What the log says in place of the detail, if that repeats what may be personal. */
  logged?: string
  cause?: unknown
}

/** A failure with a name from the table; the problems plugin turns it into `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly problem: ProblemName
  readonly errors: Mistake[] | undefined
  readonly retryAfter: number | undefined
  readonly headers: Record<string, string> | undefined
  readonly logged: string

  constructor(problem: ProblemName, detail: string, details: ProblemDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Problem'
    this.problem = problem
    this.errors = details.errors
    const line: { status: number; retryAfter?: number } = problems[problem]
    this.retryAfter = details.retryAfter ?? line.retryAfter
    this.headers = details.headers
    this.logged = details.logged ?? detail
  }
}
