import { createClient, ServiceError } from '../../client/client.ts'
import { errorOf } from '../../client/problem.ts'
import { confirmed, isSeen } from './as-of.ts'
import { enteredKey } from './key.ts'

/** Where the service is: where this page came from, also below a path of a proxy. Without a slash at its end. */
export const baseUrl = new URL('.', location.href).href.replace(/\/$/, '')

/** The typed client of the package, with the key that was entered. */
export const client = createClient({
  baseUrl,
  fetch: (request) => {
    const key = enteredKey()
    if (key !== null) request.headers.set('authorization', `Bearer ${key}`)
    return fetch(request, request.cache === 'default' && !isSeen(request.url) ? { cache: 'reload' } : {})
  },
})

/** What was answered, with the time when the service confirmed it; throws ServiceError if the service refused, and what fetch throws if there is no answer. */
export async function answerOf<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked
  if (error !== undefined || !response.ok || data === undefined) throw errorOf(error, response)
  return confirmed(data, response)
}

/** The status of the problem; undefined: there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ServiceError ? error.problem.status : undefined
}
