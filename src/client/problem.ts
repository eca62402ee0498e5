import type { components } from './api.ts'

export type Problem = components['schemas']['Problem']

/** What an iterator throws when the service refuses or fails: the problem as it was answered (RFC 9457), and how many seconds it asks to wait. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly problem: Problem
  /** Seconds, as the header Retry-After says; undefined: it says nothing. */
  readonly retryAfter: number | undefined

  constructor(problem: Problem, retryAfter?: number) {
    super(`${problem.title}: ${problem.detail}`)
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** The error of an answer that is none of the service's own, for example of a proxy before it, too. */
export function errorOf(answered: unknown, { status, statusText, headers, url }: Response): ServiceError {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return new ServiceError(
    isProblem(answered)
      ? answered
      : {
          type: 'about:blank',
          title: statusText || 'No problem document',
          status,
          detail: `${url} answered ${status}`,
        },
    Number.isFinite(seconds) ? seconds : undefined,
  )
}

function isProblem(answered: unknown): answered is Problem {
  return typeof answered === 'object' && answered !== null && 'title' in answered && 'detail' in answered
}
