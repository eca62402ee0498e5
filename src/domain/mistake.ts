import type { ErrorObject } from 'ajv'

/** One wrong value: what it is called, what was given, and what is allowed. */
export interface Mistake {
  parameter: string
  given: unknown
  allowed: string
}

/** A mistake in words: `limit: "0" was given; allowed: a whole number from 1 to 1000`. */
export function mistakeText({ parameter, given, allowed }: Mistake): string {
  const text = JSON.stringify(given)
  const told = given === null ? 'nothing' : text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return `${parameter.slice(0, LONGEST / 4)}: ${told} was given; allowed: ${allowed}`
}

export interface ValueSchema {
  type?: string | string[]
  enum?: unknown[]
  items?: ValueSchema
  maxItems?: number
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  properties?: Record<string, ValueSchema>
  /** A sentence that says it better than the schema's parts do. */
  'x-allowed'?: string
}

const LONGEST = 200

/**
 * What Ajv found, one mistake a parameter: `allErrors` reports a value that is both too long and of the wrong form twice.
 * Needs Ajv's `verbose`, which hands over the schema and the data of each error. `schema` is that of the whole object.
 */
export function mistakes(errors: readonly ErrorObject[], schema: object): Mistake[] {
  const { properties = {} } = schema as ValueSchema
  const byName = new Map<string, Mistake>()
  for (const error of errors) {
    const found = mistake(error, properties)
    if (!byName.has(found.parameter)) byName.set(found.parameter, found)
  }
  return [...byName.values()]
}

function mistake(error: ErrorObject, properties: Record<string, ValueSchema>): Mistake {
  if (error.keyword === 'additionalProperties') {
    const parameter = String(error.params['additionalProperty'])
    const given = (error.data as Record<string, unknown> | undefined)?.[parameter]
    return { parameter, given: cut(given), allowed: knownNames(properties) }
  }
  if (error.keyword === 'required') {
    const parameter = String(error.params['missingProperty'])
    return { parameter, given: null, allowed: allowedBy(properties[parameter] ?? {}) }
  }
  const parameter = error.instancePath.split('/')[1] ?? ''
  return { parameter, given: cut(error.data), allowed: allowedBy(properties[parameter] ?? {}) }
}

function knownNames(properties: Record<string, ValueSchema>): string {
  const names = Object.keys(properties)
  return names.length === 0 ? 'no parameters here' : `only these parameters: ${names.join(', ')}`
}

/** What a schema allows, in words. */
export function allowedBy(schema: ValueSchema): string {
  if (schema['x-allowed'] !== undefined) return schema['x-allowed']
  if (schema.items) return `${allowedBy(schema.items)}; up to ${schema.maxItems} values, repeating the parameter`
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'number') return `a number from ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'boolean') return 'true or false'
  return `text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`
}

function cut(given: unknown): unknown {
  // JSON has no word for Infinity.
  if (typeof given === 'number' && !Number.isFinite(given)) return String(given)
  if (typeof given === 'string') return given.length > LONGEST ? `${given.slice(0, LONGEST)}…` : given
  return Array.isArray(given) ? given.slice(0, 10).map(cut) : (given ?? null)
}
