import { Type, type Static } from 'typebox'
import { Invalid } from '../../domain/invalid.ts'
import { TRACE_ID_ALLOWED, uuidOf } from '../../domain/trace/ids.ts'

/** Any text but NUL, which Postgres cannot hold. */
const Text = Type.String({
  maxLength: 1000,
  pattern: '^[^\\u0000]*$',
  'x-allowed': 'text of up to 1000 characters without NUL',
})

/** Jaeger's UI sends parameters without a value for what was not filled in. */
export const OptionalText = Type.Optional(Text)

export const ServiceParam = Type.String({
  minLength: 1,
  maxLength: 1000,
  pattern: '^[^\\u0000]*$',
  'x-allowed': 'the name of a service: text of 1 to 1000 characters without NUL',
})

export const TraceIdParams = Type.Object({ traceId: Type.String({ maxLength: 100, 'x-allowed': TRACE_ID_ALLOWED }) })
export type TraceIdParams = Static<typeof TraceIdParams>

/** The id that a path or a parameter names. Throws Invalid. */
export function idOf(parameter: string, given: string): string {
  const id = uuidOf(given)
  if (id === undefined) throw new Invalid(parameter, given, TRACE_ID_ALLOWED)
  return id
}

export const LIMIT = { default: 100, most: 1500 }

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

/** A duration as Go writes it, such as `1.2s`, `100ms` or `1m30s`, in ms; undefined where none is given. Throws Invalid. */
export function durationOf(parameter: string, given: string | undefined): number | undefined {
  if (given === undefined || given === '') return undefined
  const parts = Array.from(given.matchAll(PART))
  if (parts.map(([text]) => text).join('') !== given)
    throw new Invalid(parameter, given, 'a duration such as 1.2s, 100ms, 500us or 1m30s')
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0)
}
