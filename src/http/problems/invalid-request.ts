import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { mistakes } from '../../domain/mistake.ts'
import { Problem } from './problem.ts'

// A URL has room for 8,000 unknown parameters, each answered with the list of the known ones: 3 MB of answer without this.
const MOST = 50
const LONGEST_NAME = 100

/** Fastify stops at the first part that is wrong: a bad id would hide a bad query, so the query is looked at as well. */
export function invalidRequest(
  found: FastifySchemaValidationError[],
  context: string,
  request: FastifyRequest,
): Problem {
  const { params = {}, querystring = {} } = (request.routeOptions.schema ?? {}) as {
    params?: object
    querystring?: object
  }
  const errors = mistakes(found, context === 'params' ? params : querystring)
  if (context === 'params' && !request.validateInput(request.query, 'querystring')) {
    errors.push(...mistakes(request.getValidationFunction('querystring')?.errors ?? [], querystring))
  }
  const shown = errors
    .slice(0, MOST)
    .map(({ parameter, given, allowed }) => ({ parameter: parameter.slice(0, LONGEST_NAME), given, allowed }))
  const names = shown.map(({ parameter }) => parameter).join(', ')
  return new Problem(
    'invalid-request',
    `Wrong: ${names}${errors.length > MOST ? ` and ${errors.length - MOST} more` : ''}`,
    { errors: shown },
  )
}
