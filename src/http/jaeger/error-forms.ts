import { mistakeText } from '../../domain/mistake.ts'
import type { ErrorForm } from '../problems/answer.ts'
import { problems, type Problem } from '../problems/problem.ts'

const TYPE = 'application/json; charset=utf-8'

/** What went wrong in one sentence; each wrong parameter with what was given and what is allowed. */
function textOf({ message, errors }: Pick<Problem, 'message' | 'errors'>): string {
  return errors === undefined ? message : errors.map(mistakeText).join('. ')
}

/** Of Jaeger's query API, version 1. */
export const errorFormV1: ErrorForm = {
  type: TYPE,
  body: (problem) => ({
    data: null,
    total: 0,
    limit: 0,
    offset: 0,
    errors: [{ code: problems[problem.problem].status, msg: textOf(problem) }],
  }),
}

/** Of version 3. */
export const errorFormV3: ErrorForm = {
  type: TYPE,
  body: (problem) => ({ error: { httpCode: problems[problem.problem].status, message: textOf(problem) } }),
}
