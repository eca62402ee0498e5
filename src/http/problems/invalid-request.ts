import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { mistakes } from '../../domain/mistake.ts'
import type { Problem } from './problem.ts'
import { wrongParameters } from './wrong-parameters.ts'

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
  return wrongParameters(errors)
}
