import type { FastifyRequest } from 'fastify'
import type { PersonalField } from '../../domain/privacy/personal-field.ts'
import { demandScope } from './authorize.ts'

/** What an answer holds of the personal data, and what it holds back. */
export interface Included {
  fields: PersonalField[]
  heldBack: PersonalField[]
}

/** `include=a,b` is `include=a&include=b`: no name holds a comma. A preValidation hook. */
export function splitInclude({ query }: FastifyRequest, _reply: unknown, done: () => void): void {
  const given = query as { include?: string | string[] }
  if (given.include !== undefined) given.include = [given.include].flat().flatMap((names) => names.split(','))
  done()
}

/** `personal` says which names of `include` give which field. Asking for one without the scope throws `forbidden`; who does not ask is told what is held back. */
export function included(
  request: FastifyRequest,
  include: readonly string[],
  personal: Readonly<Record<string, PersonalField>>,
): Included {
  const asked = Object.keys(personal).filter((name) => include.includes(name))
  if (asked.length > 0) demandScope(request, 'read:payload', `include=${asked.join(',')}`)
  const fields = Object.entries(personal).flatMap(([name, field]) => (asked.includes(name) ? [field] : []))
  request.personal = fields
  return { fields, heldBack: request.access.scopes.has('read:payload') ? [] : Object.values(personal) }
}
