import assert from 'node:assert/strict'
import type { Running } from './service.ts'

interface Schema {
  $ref?: string
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
}

/** Whether a client has decoded every answer whole: what it made of them, written as JSON again, against what came. */
export function assertWhole(raw: Running['raw'], decoded: Record<string, unknown>): void {
  assert.deepEqual(
    Object.keys(decoded).toSorted(),
    Object.keys(raw).toSorted(),
    'each request of test/clients/service.ts is also asked, under its name, by use.ts, use.py, use.go and Use.java in the folders beside it',
  )
  for (const [name, answer] of Object.entries(raw)) assert.deepEqual(plain(decoded[name]), plain(answer), name)
}

/** The fields of the components that no answer fills: of those no test would notice that they are lost. */
export function emptyFields({ raw, document }: Pick<Running, 'raw' | 'document'>): string[] {
  const {
    components: { schemas },
    paths,
  } = JSON.parse(document) as {
    components: { schemas: Record<string, Schema> }
    paths: Record<string, { get: { responses: Record<string, { content?: Record<string, { schema: Schema }> }> } }>
  }
  const filled = new Set<string>()
  const look = (schema: Schema, value: unknown): void => {
    if (value === null || value === undefined) return
    const name = schema.$ref?.split('/').at(-1) ?? ''
    const { properties = {}, items } = schemas[name] ?? schema
    for (const each of schema.anyOf ?? []) look(each, value)
    for (const [field, below] of Object.entries(properties)) {
      const found = (value as Record<string, unknown>)[field]
      if (found !== null && found !== undefined && !(Array.isArray(found) && found.length === 0))
        filled.add(`${name}.${field}`)
      look(below, found)
    }
    if (items && Array.isArray(value)) for (const each of value) look(items, each)
  }
  const answers = Object.values(paths).flatMap(({ get }) =>
    Object.values(get.responses).flatMap(({ content = {} }) => Object.values(content)),
  )
  for (const { schema } of answers)
    for (const answer of Object.values(raw))
      if (fits(schemas[schema.$ref?.split('/').at(-1) ?? ''], answer)) look(schema, answer)
  return Object.entries(schemas)
    .flatMap(([name, { properties = {} }]) => Object.keys(properties).map((field) => `${name}.${field}`))
    .filter((field) => !filled.has(field))
}

/** An answer has all its own fields at the top, so these tell which schema it is of. */
function fits(schema: (Schema & { required?: string[] }) | undefined, answer: unknown): boolean {
  const { required = [], properties = {} } = schema ?? {}
  const names = Object.keys(answer as object)
  return (
    required.length > 0 && required.every((name) => names.includes(name)) && names.every((name) => name in properties)
  )
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d))?(?:\.(\d{1,9}))?(Z|\+00:00)$/

/**
 * Instants in one spelling, and without what differs from request to request. Nothing, null and an empty list are one: that a field may be
 * left out is written as null by one language and as an empty list by another; whether a field is lost shows where it is filled.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'string')
    return value.replace(
      INSTANT,
      (_, minute: string, second = '00', fraction = '') => `${minute}:${second}.${String(fraction).padEnd(6, '0')}Z`,
    )
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([name, each]) => name !== 'instance' && each !== null && !(Array.isArray(each) && each.length === 0),
  )
  return Object.fromEntries(entries.map(([name, each]) => [name, isOfNow(name, value) ? 'now' : plain(each)]))
}

/** When an answer was read, and a window that counts back from then, are others for each request; so is the cursor that pins it. */
function isOfNow(name: string, value: object): boolean {
  if (name === 'asOf' || name === 'lookedAt') return true
  return 'nextCursor' in value && ['from', 'to', 'nextCursor'].includes(name)
}
