import fc from 'fast-check'
import { meaning, queryOf, type Operation, type Parameter } from './document.ts'
import { anyRight, rightQuery, shortRight, type Pair } from './right.ts'
import type { Row } from './rows.ts'
import { oddAccepts, oddPieces, unknownNames, unmetAccepts, wrongValues } from './wrong.ts'

/** right: asks for a row that is there; wrong: must be refused; odd: may be either, but never break anything. */
export type Kind = 'right' | 'wrong' | 'odd'

export interface FuzzRequest {
  kind: Kind
  method: string
  /** Path and query as they stand on the wire. */
  target: string
  headers: Record<string, string>
  /** Names of the parameters that are right. */
  parameters: string[]
}

/** Requests to an operation: seven in ten right. `reads`: a key that may not see everything. */
export function requests(operation: Operation, rows: Row[], reads: string): fc.Arbitrary<FuzzRequest> {
  const row = rows.length > 0 ? fc.constantFrom(...rows) : fc.constant<Row>({})
  return row.chain((row) =>
    fc.oneof(
      { weight: 14, arbitrary: right(operation, row) },
      { weight: 3, arbitrary: wrong(operation, row) },
      { weight: 3, arbitrary: odd(operation, row, reads) },
    ),
  )
}

/** Each parameter with each of its wrong values, and nothing else: at random some would hardly ever be tried. */
export function everyWrongValue(operation: Operation, row: Row): FuzzRequest[] {
  return queryOf(operation).flatMap((parameter) =>
    wrongValues(parameter).map((value) =>
      request('wrong', operation, row, [[parameter.name, value]], { parameters: [] }),
    ),
  )
}

/** Each parameter of which a row says what is right, and nothing else that may be left out: at random a value that few rows have would hardly ever be asked for. */
export function everyOwnValue(operation: Operation, rows: Row[]): FuzzRequest[] {
  const query = queryOf(operation)
  return query.flatMap(({ name }) => {
    const row = rows.find((each) => typeof each[name] === 'string')
    if (!row) return []
    const pairs = query
      .filter((each) => each.required === true || each.name === name)
      .map((each): Pair => [each.name, row[each.name] ?? ''])
    return [request('right', operation, row, pairs, {})]
  })
}

/** The smallest page of a list, without a filter and with each bound at its least: at random some lists would hardly ever have a second page. */
export function smallestPage(operation: Operation, row: Row | undefined): FuzzRequest[] {
  const query = queryOf(operation)
  if (!row || !query.some(({ schema }) => meaning(schema) === 'cursor')) return []
  const bounds = query.flatMap(({ name, schema: { minimum } }): Pair[] =>
    minimum === undefined || row[name] === null ? [] : [[name, String(minimum)]],
  )
  return [request('right', operation, row, bounds, {})]
}

function right(operation: Operation, row: Row): fc.Arbitrary<FuzzRequest> {
  const accepts = Object.keys(operation.responses['200']?.content ?? {})
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { accept: '*/*' },
    ...accepts.map((accept) => ({ accept })),
  )
  return fc
    .tuple(rightQuery(operation, row), headers)
    .map(([pairs, headers]) => request('right', operation, row, pairs, { headers }))
}

function wrong(operation: Operation, row: Row): fc.Arbitrary<FuzzRequest> {
  const make = (pairs: Pair[], more: Partial<FuzzRequest> = {}) =>
    request('wrong', operation, row, pairs, { parameters: [], ...more })
  const query = queryOf(operation)
  const inPath = operation.parameters.filter((each) => each.in === 'path')
  const ways = [
    fc
      .constantFrom(...query)
      .chain((parameter) =>
        fc
          .constantFrom(...wrongValues(parameter))
          .map((value) => (pairs: Pair[]) => make([...without(pairs, parameter), [parameter.name, value]])),
      ),
    fc
      .constantFrom(...query)
      .chain((parameter) => tooMany(parameter))
      .map((many) => (pairs: Pair[]) => make([...without(pairs, many), ...many.pairs])),
    unknownNames.map((name) => (pairs: Pair[]) => make([...pairs, [name, '1']])),
    unmetAccepts.map(
      (accept) => (pairs: Pair[]) =>
        make(
          pairs.filter(([name]) => name !== 'format'),
          { headers: { accept } },
        ),
    ),
    fc
      .constantFrom('POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND')
      .map((method) => (pairs: Pair[]) => make(pairs, { method })),
    fc.constant((pairs: Pair[]) => make([...pairs, ['a'.repeat(17_000), '']])),
    ...inPath.map((parameter) =>
      fc
        .constantFrom(...wrongValues(parameter).filter((value) => value !== ''))
        .map(
          (value) => (pairs: Pair[]) =>
            make(pairs, { target: target(operation, { ...row, [parameter.name]: value }, pairs) }),
        ),
    ),
  ]
  return fc.tuple(rightQuery(operation, row), fc.oneof(...ways)).map(([pairs, way]) => way(pairs))
}

function odd(operation: Operation, row: Row, reads: string): fc.Arbitrary<FuzzRequest> {
  const query = queryOf(operation)
  const make = (pairs: Pair[], more: Partial<FuzzRequest> = {}) => request('odd', operation, row, pairs, more)
  const ways = [
    fc
      .constantFrom(...query)
      .chain((parameter) =>
        anyRight(parameter.schema.items ?? parameter.schema).map(
          (value) => (pairs: Pair[]) => make([...without(pairs, parameter), [parameter.name, value]]),
        ),
      ),
    fc
      .constantFrom(...query)
      .chain(({ name }) =>
        fc
          .string({ unit: 'binary' })
          .map((value) => (pairs: Pair[]) => make([...pairs, [name, value]], { parameters: [] })),
      ),
    fc.string({ unit: 'binary' }).map((name) => (pairs: Pair[]) => make([...pairs, [name, '']], { parameters: [] })),
    oddPieces.map(
      (piece) => (pairs: Pair[]) =>
        make(pairs, {
          target: `${target(operation, row, pairs)}${pairs.length > 0 ? '&' : '?'}${piece.replace('#', '%23')}`,
          parameters: [],
        }),
    ),
    oddAccepts.map((accept) => (pairs: Pair[]) => make(pairs, { headers: { accept } })),
    fc
      .constantFrom('*', 'W/"x"', '"x", W/"y"', ',,', 'x'.repeat(3000))
      .map((tag) => (pairs: Pair[]) => make(pairs, { headers: { 'if-none-match': tag } })),
    fc
      .constantFrom(
        `Bearer ${reads}`,
        `bearer  ${reads} `,
        '',
        'Bearer',
        'Bearer x',
        'Bearer a.b.c',
        'Basic YTpi',
        `Bearer ${reads}, Bearer ${reads}`,
        'Bearer '.repeat(1000),
        '\xe9',
      )
      .map((authorization) => (pairs: Pair[]) => make(pairs, { headers: { authorization } })),
    fc.constant((pairs: Pair[]) => make(pairs, { method: 'HEAD' })),
    ...operation.parameters
      .filter((each) => each.in === 'path')
      .map(({ name, schema }) =>
        anyRight(schema).map(
          (value) => (pairs: Pair[]) => make(pairs, { target: target(operation, { ...row, [name]: value }, pairs) }),
        ),
      ),
  ]
  return fc.tuple(rightQuery(operation, row), fc.oneof(...ways)).map(([pairs, way]) => way(pairs))
}

/** A parameter more often than it may be: twice, or once more than a list takes. */
function tooMany({ name, schema }: Parameter): fc.Arbitrary<{ name: string; pairs: Pair[] }> {
  const count = schema.type === 'array' ? (schema.maxItems ?? 100) + 1 : 2
  return shortRight(schema.items ?? schema).map((value) => ({
    name,
    pairs: Array.from({ length: count }, (): Pair => [name, value]),
  }))
}

function without(pairs: Pair[], { name }: { name: string }): Pair[] {
  return pairs.filter(([each]) => each !== name)
}

function request(kind: Kind, operation: Operation, row: Row, pairs: Pair[], more: Partial<FuzzRequest>): FuzzRequest {
  const names = [
    ...new Set(pairs.map(([name]) => name)),
    ...operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name),
  ]
  return { kind, method: 'GET', target: target(operation, row, pairs), headers: {}, parameters: names, ...more }
}

function target({ path }: Operation, row: Row, pairs: Pair[]): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(row[name] ?? ''))
  const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  return query === '' ? filled : `${filled}?${query}`
}
