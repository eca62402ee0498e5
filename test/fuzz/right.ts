import fc from 'fast-check'
import { meaning, queryOf, type Operation, type Parameter, type ValueSchema } from './document.ts'
import type { Row } from './rows.ts'

/** One parameter of a query, decoded. */
export type Pair = [name: string, value: string]

// Beyond 1,000 levels or 10,000 nodes the nested form refuses what others give.
const LARGEST = 1000

/** Queries that the row is an answer to: each filter has the row's value among its values, and the window reaches over it. */
export function rightQuery(operation: Operation, row: Row): fc.Arbitrary<Pair[]> {
  const values = queryOf(operation).flatMap((parameter) => {
    const value = rightValues(parameter, row)
    return value
      ? [
          optionalUnless(
            parameter.required === true,
            value.map((all) => all.map((each): Pair => [parameter.name, each])),
          ),
        ]
      : []
  })
  return fc.tuple(...values, window(operation, row)).map((pairs) => pairs.flat())
}

function optionalUnless(required: boolean, pairs: fc.Arbitrary<Pair[]>): fc.Arbitrary<Pair[]> {
  return required ? pairs : fc.option(pairs, { nil: [], freq: 2 })
}

/** undefined: nothing in the row or the schema says a value that keeps the row in the answer. */
function rightValues({ name, schema }: Parameter, row: Row): fc.Arbitrary<string[]> | undefined {
  const own = row[name]
  if (own === null || (own === undefined && meaning(schema))) return undefined
  if (schema.type !== 'array') return (own === undefined ? plain(schema) : fc.constant(own))?.map((value) => [value])
  const more = plain(schema.items ?? {})
  if (own === undefined) return more && fc.uniqueArray(more, { minLength: 1, maxLength: 3 })
  const others = fc.array(shortRight(schema.items ?? {}), { maxLength: 2 })
  return fc
    .tuple(others, fc.constantFrom(own, ...(schema.items?.format === 'uuid' ? [own.toUpperCase()] : [])))
    .map(([rest, one]) => rest.concat(one))
}

/** Any value of a schema that lists or bounds its values. */
function plain({
  type,
  examples,
  enum: listed = examples,
  minimum = 0,
  maximum = LARGEST,
}: ValueSchema): fc.Arbitrary<string> | undefined {
  if (listed) return fc.constantFrom(...listed)
  if (type === 'boolean') return fc.constantFrom('true', 'false')
  if (type === 'number') return fc.constantFrom(minimum, maximum, (minimum + maximum) / 3).map(String)
  return type === 'integer' ? fc.integer({ min: minimum, max: Math.min(maximum, LARGEST) }).map(String) : undefined
}

const hostile = fc.constantFrom(
  `'`,
  `''`,
  '"',
  '`',
  '\\',
  `' or 1=1 --`,
  `'); drop table invocations; --`,
  '$1',
  '%',
  '_',
  '{}',
  '[',
  '../../etc/passwd',
  '<script>',
  '\u202e',
  '\ufeff',
  '🚚',
  'İ',
  'ﬀ',
  '\n',
  '\r\nx: y',
  '\x1b[2J',
  'null',
  'undefined',
  '__proto__',
  ' ',
)

/** A value that the schema allows, whether there are rows for it or not. */
export function shortRight(schema: ValueSchema): fc.Arbitrary<string> {
  return schema.format === 'uuid' ? fc.uuid() : (plain(schema) ?? hostile)
}

/** The same, and any characters but NUL, and as many as may be: one in a request, or it is too long as a whole. */
export function anyRight(schema: ValueSchema): fc.Arbitrary<string> {
  if (schema.format === 'uuid' || plain(schema)) return shortRight(schema)
  const { minLength = 0, maxLength = 100 } = schema
  return fc.oneof(
    hostile,
    fc.string({ unit: 'binary', minLength, maxLength }).filter((text) => !text.includes('\0')),
    fc.constant('ü'.repeat(maxLength)),
  )
}

/** `from`, `to` or `window` around the row, in the ways that they may be written and combined. */
function window(operation: Operation, { at }: Row): fc.Arbitrary<Pair[]> {
  const kinds = new Set(queryOf(operation).map(({ schema }) => meaning(schema)))
  if (!at || !kinds.has('instant') || !kinds.has('window')) return fc.constant([])
  const own = Date.parse(at)
  const from = fc
    .integer({ min: 0, max: 10 ** 11 })
    .chain((before) => written(own - before))
    .map((value): Pair => ['from', value])
  const to = fc
    .integer({ min: 1001, max: 80_000_000 })
    .chain((after) => written(own + after))
    .map((value): Pair => ['to', value])
  const back = fc
    .constantFrom('2h', '1d', '90m', '99999s', '1w', '99999m', '52w')
    .map((value): Pair => ['window', value])
  return fc.oneof(fc.constant<Pair[]>([]), fc.tuple(back), fc.tuple(from), fc.tuple(to), fc.tuple(from, to))
}

/** One instant in several of the ways of RFC 3339; never later than the millisecond given. */
function written(ms: number): fc.Arbitrary<string> {
  const shifted = new Date(ms + 5_400_000).toISOString().slice(0, -1)
  const iso = new Date(ms).toISOString()
  return fc.constantFrom(
    iso,
    iso.toLowerCase(),
    iso.replace(/\.\d+/, ''),
    `${shifted}+01:30`,
    iso.replace('Z', '000Z'),
    iso.replace('Z', '-00:00'),
  )
}
