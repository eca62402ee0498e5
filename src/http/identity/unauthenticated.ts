import { Problem } from '../problems/problem.ts'

export const REALM = 'Bearer realm="event-detector-observability"'

/** 401 for what was shown (RFC 6750, 3.1). `why` repeats nothing of it. */
export function refused(why: string): Problem {
  return new Problem('unauthenticated', why, {
    headers: { 'www-authenticate': `${REALM}, error="invalid_token", error_description="${why}"` },
  })
}
