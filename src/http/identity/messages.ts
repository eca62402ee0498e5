import type { FastifyRequest } from 'fastify'
import type { MessageView } from '../../domain/privacy/error-message.ts'

/** How much of error messages the caller sees. With `read:payload` they are whole, for that scope gives the stacks too. */
export function messagesFor({ access }: FastifyRequest): MessageView {
  return access.scopes.has('read:payload') ? 'whole' : 'first-line'
}
