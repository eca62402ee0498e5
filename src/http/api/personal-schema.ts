import { Type } from 'typebox'
import { personalFields } from '../../domain/privacy/personal-field.ts'
import { EnumParam, Nullable } from '../schemas/values.ts'

/** `include` of a detail: repeated, or with commas between (see splitInclude). */
export const IncludeParam = <T extends string>(names: readonly T[], description: string) =>
  Type.Optional(
    Type.Array(EnumParam(names, 'A part of the answer'), {
      minItems: 1,
      maxItems: 100,
      'x-allowed': `any of ${names.join(', ')}; repeated, or with commas between`,
      description,
    }),
  )

const Field = EnumParam(personalFields, 'A field')
const stack = Type.Optional(Nullable(Type.String({ description: 'With include=stacks (of a job or an event: stack)' })))
const omitted = Type.Optional(
  Type.Array(Field, { description: 'Fields that were asked for and are too large for this answer' }),
)

/** Of answers that hold personal data where it is asked for, by those who may. */
export const redacted = Type.Array(Type.String(), {
  description:
    'What was held back: fields, from those without the scope read:payload; else the paths of REDACT that masked something',
})

export const invocationPersonal = {
  sourceUserEmail: Type.Optional(Nullable(Type.String({ description: 'With include=email' }))),
  payload: Type.Optional(Type.Unknown({ description: 'With include=payload: the event as the function received it' })),
  context: Type.Optional(Type.Unknown({ description: 'With include=context' })),
  errorStack: stack,
  omitted,
}

export const jobPersonal = {
  options: Type.Optional(Type.Unknown({ description: 'With include=options' })),
  result: Type.Optional(Type.Unknown({ description: 'With include=results (of a job: result)' })),
  errorStack: stack,
  omitted,
}

export const eventPersonal = { errorStack: stack, omitted }
