import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { forms } from '../../negotiate/content-type.ts'
import { EnumParam } from '../../schemas/values.ts'

/** `?format=` of figures that are JSON or text. */
export const TextFormat = {
  format: Type.Optional(EnumParam(['json', 'text'], 'The form of the answer; stands above Accept')),
}

const Text = Type.String({ description: 'The same page for people, a line a group' })

/** The answer of what is JSON or text. */
export function orText<R extends { content: object }>(response: R) {
  return { ...response, content: { ...response.content, [forms.text]: { schema: Text } } }
}

/** Answers with text if that was asked for; what is a reply already (a 304) stays one. */
export function sendOrText<A extends { data: unknown }>(
  { form }: FastifyRequest,
  reply: FastifyReply,
  answer: A | FastifyReply,
  text: (answer: A) => string,
): A | FastifyReply {
  if (form !== 'text' || !('data' in answer)) return answer
  return reply.type(`${forms.text}; charset=utf-8`).serializer(String).send(text(answer))
}
