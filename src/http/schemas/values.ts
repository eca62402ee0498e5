import { Type, type TObject, type TProperties, type TSchema, type Static } from 'typebox'
import { fieldNames, type ColumnsOf } from '../../domain/fields.ts'
import { INSTANT_ALLOWED, parseInstant } from '../../domain/instant.ts'
import { links, type Link } from '../../domain/link/rule.ts'
import { knownStatuses } from '../../domain/model/status.ts'

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'

/** Parameters: what a client may send. `x-allowed` is the sentence that a 400 says. */
export const IdParam = (description: string) =>
  Type.String({
    format: 'uuid',
    pattern: UUID,
    'x-allowed': 'a UUID such as 018f3c5e-0000-7000-8000-000000000000',
    description,
  })

/** Any text but NUL, which Postgres cannot hold. */
export const TextParam = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 1000,
    pattern: '^[^\\u0000]*$',
    'x-allowed': 'text of 1 to 1000 characters without NUL',
    description,
  })

/** What `format: date-time` lets through as a parameter: also times that an answer holds and RFC 3339 does not know. */
export const isInstant = (text: string): boolean => parseInstant(text) !== undefined

export const InstantParam = (description: string) =>
  Type.String({ format: 'date-time', maxLength: 40, 'x-allowed': INSTANT_ALLOWED, description })

export const EnumParam = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], description })

/**
 * The parameters of a query. One with a default may be left out, and a handler finds it all the same; TypeBox would list it as required,
 * and generated clients would ask for it.
 */
export function Query<T extends TProperties>(properties: T) {
  const object: TObject<T> = Type.Object(properties, { additionalProperties: false })
  const required = ((object as { required?: string[] }).required ?? []).filter(
    (name) => !('default' in (properties[name] ?? {})),
  )
  return Type.Unsafe<Static<TObject<T>>>({ ...object, required })
}

/** A filter that may be repeated, meaning OR. */
export const Many = <T extends TSchema>(item: T) =>
  Type.Optional(
    Type.Array(item, {
      minItems: 1,
      maxItems: 100,
      ...('description' in item ? { description: String(item.description) } : {}),
    }),
  )

/** Answers: what a client gets. */
export const Id = Type.String({ format: 'uuid' })
export const Instant = Type.String({
  format: 'date-time',
  description:
    'ISO 8601 in UTC with six fraction digits. Outside of the years 0000 to 9999 with a sign and six digits (+058875-…), or infinity or -infinity: these are no RFC 3339',
})
export const AsOf = {
  ...Instant,
  description: 'The clock of the database when this was read: what an age is counted from. No part of the ETag',
}
export const Stale = Type.Boolean({
  description:
    'It says that it runs, and nothing does: no sign of life for STALE_AFTER, a duration, or an invocation that has ended',
})
/** The format matters: without one Go's generator takes 32 bits, which lose milliseconds beyond 16,777,216, less than five hours. */
export const Ms = Type.Number({ format: 'double', description: 'milliseconds' })
export const Count = Type.Integer({ minimum: 0 })
/** Of the writer, whose column may be wider than the 32 bits that Go's generator takes without a format. */
export const Counter = Type.Integer({
  format: 'int64',
  description: 'As the writer wrote it, also if it is negative; null: nothing, or no whole number',
})

/** The same schema, or null: as a list of types, which stays readable in OpenAPI 3.1. */
export function Nullable<T extends TSchema>(schema: T) {
  const { type } = schema as unknown as { type: string }
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'] })
}

/**
 * A filter on a status: one of the writers' words, or of those that the database names (see askedStatuses). The document cannot list the latter,
 * so it is an open text there, and the words are examples.
 */
export const StatusParam = (known: readonly string[], description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 1000,
    pattern: '^[^\\u0000]*$',
    examples: [...known],
    'x-allowed': `one of ${known.join(', ')}, or another one that a CHECK or an enum of the database names`,
    description: `${description}: ${known.join(', ')}, or another one that a CHECK or an enum of the database names`,
  })

/** Of an error; see shownMessage. */
export const Message = Nullable(
  Type.String({
    description:
      'Cut at 500 characters. Without the scope read:payload it is the first line, with [path] for each place in a file',
  }),
)

/** A status in answers. Any text: the column may hold other words than the writers put there. */
export const StatusSchema = Type.String({
  $id: 'Status',
  title: 'Status',
  description: `As the writer wrote it: ${knownStatuses.invocations.join(', ')}, or another text. timeout and timed_out count as failures, skipped counts as neither`,
})
export const EventStatusSchema = Type.String({
  $id: 'EventStatus',
  title: 'EventStatus',
  description: `As the writer wrote it: ${knownStatuses.event_executions.join(', ')}, or another text. detection_failed of a detected event and handler_failed are crashes`,
})

/** What is known of the job that triggered an invocation, in answers. */
export const LinkSchema = Type.Unsafe<Link>({
  ...EnumParam(
    links,
    'recorded: sourceJobId names it; recovered: put back from the payload; recoverable: the payload names a job that is there, and the event came in time; ambiguous: that job had ended long before the event; pending: the row of the named job may still arrive; severed: that job is gone, or never came; none: nothing in the rows names a parent, or the event came before the named job began; unknown: nobody looked into the payload',
  ),
  $id: 'Link',
  title: 'Link',
})

/** Refers to a schema by its $id: it stands once in the OpenAPI document, and an answer is still type-checked against it. */
export const Ref = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T>>({ $ref: `${(schema as { $id?: string }).$id}#` })

/** The same, or null. */
export const NullableRef = <T extends TSchema>(schema: T, description: string) =>
  Type.Unsafe<Static<T> | null>({ anyOf: [Ref(schema), { type: 'null' }], description })

/** `?fields=`: what an answer shows of `what` (each row, say), whose schema says what it holds without it. */
export function FieldsParam(columnsOf: ColumnsOf, what: string) {
  const names = fieldNames(columnsOf)
  const name = `(${names.map((each) => each.replace('.', '\\.')).join('|')})`
  return Type.Optional(
    Type.String({
      pattern: `^${name}(,${name})*$`,
      maxLength: 2000,
      'x-allowed': `names with commas between, of ${names.join(', ')}`,
      description: `Only these fields of ${what}: names with commas between, of ${names.join(', ')}. The name of an object means all that is in it. The answer then lacks all others, required ones too`,
    }),
  )
}

/** `?format=` of what has one form only. */
export const FormatParam = { format: Type.Optional(EnumParam(['json'], 'The form of the answer; stands above Accept')) }
