import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Diagram } from '../../domain/diagram/diagram.ts'
import { dot } from '../../domain/diagram/dot.ts'
import { mermaid } from '../../domain/diagram/mermaid.ts'
import { writeDiagram } from '../../domain/diagram/write.ts'
import { EnumParam } from '../schemas/values.ts'
import { forms, type Form } from '../negotiate/content-type.ts'

const syntaxes = { mermaid, dot } as const

/** The names of the forms in which a diagram is answered, as `format` takes them. */
export const diagramForms = ['mermaid', 'dot'] as const

export type DiagramForm = (typeof diagramForms)[number]

export function isDiagram(form: Form): form is DiagramForm {
  return form in syntaxes
}

const Text = Type.String({ description: 'Fewer than 500 arrows and 50,000 characters; what is left out is told in it' })

/** For the `content` of an answer that may be a diagram. */
export const diagramContent = { [forms.mermaid]: { schema: Text }, [forms.dot]: { schema: Text } } as const

/** `?format=` of what is JSON or a diagram. */
export const DiagramFormat = Type.Optional(
  EnumParam(['json', ...diagramForms], 'The form of the answer; stands above Accept'),
)

/** The answer of what is JSON or a diagram. */
export function orDiagram<R extends { content: object }>(response: R) {
  return { ...response, content: { ...response.content, ...diagramContent } }
}

/** Answers with a diagram in the language that was asked for. */
export function sendDiagram(reply: FastifyReply, form: DiagramForm, diagram: Diagram): FastifyReply {
  return reply.type(`${forms[form]}; charset=utf-8`).serializer(String).send(writeDiagram(diagram, syntaxes[form]))
}
