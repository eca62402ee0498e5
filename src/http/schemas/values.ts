import { Type, type TSchema, type Static } from 'typebox'

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'

/** Parameters: what a client may send. `x-allowed` is the sentence that a 400 says. */
export const IdParam = (description: string) =>
  Type.String({ format: 'uuid', pattern: UUID, 'x-allowed': 'a UUID such as 018f3c5e-0000-7000-8000-000000000000', description })

/** Any text but NUL, which Postgres cannot hold. */
export const TextParam = (description: string) =>
  Type.String({ minLength: 1, maxLength: 1000, pattern: '^[^\\u0000]*$', 'x-allowed': 'text of 1 to 1000 characters without NUL', description })

export const InstantParam = (description: string) =>
  Type.String({ maxLength: 40, 'x-allowed': 'an RFC 3339 instant with an offset, e.g. 2026-11-22T09:48:02Z', description })

export const EnumParam = <T extends string>(values: readonly T[], description: string) => Type.Unsafe<T>({ type: 'string', enum: [...values], description })

/** A filter that may be repeated, meaning OR. */
export const Many = <T extends TSchema>(item: T) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: 100, ...('description' in item ? { description: String(item.description) } : {}) }))

/** Answers: what a client gets. */
export const Id = Type.String({ format: 'uuid' })
export const Instant = Type.String({ format: 'date-time', description: 'ISO 8601 in UTC with six fraction digits' })
export const Ms = Type.Number({ description: 'milliseconds' })
export const Count = Type.Integer({ minimum: 0 })

/** The same schema, or null: as a list of types, which stays readable in OpenAPI 3.1. */
export function Nullable<T extends TSchema>(schema: T) {
  const { type } = schema as unknown as { type: string }
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'] })
}

export const invocationStatuses = ['running', 'completed', 'failed'] as const
export const eventStatuses = ['detecting', 'not_detected', 'handling', 'completed', 'failed', 'detection_failed', 'handler_failed'] as const

export const Status = EnumParam(invocationStatuses, 'running, completed or failed')

/** Refers to a schema by its $id: it stands once in the OpenAPI document, and an answer is still type-checked against it. */
export const Ref = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T>>({ $ref: `${(schema as { $id?: string }).$id}#` })

/** `?format=` of what has one form only. */
export const FormatParam = { format: Type.Optional(EnumParam(['json'], 'The form of the answer; stands above Accept')) }
