import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decodeCursor, encodeCursor, type Cursor, type Filters } from '../../src/domain/paging/cursor.ts'
import { Invalid } from '../../src/domain/invalid.ts'
import { instantOf } from '../support/forest.ts'

const plain = { noNullPrototype: true }
const names = ['status', 'correlationId', 'order', 'root'] as const
const instants = fc.integer({ min: 0, max: 4_000_000_000_000_000 }).map(instantOf)
const bounds = fc.option(instants)
const cursors: fc.Arbitrary<Cursor> = fc.record(
  { from: bounds, to: bounds, after: fc.record({ at: instants, id: fc.uuid() }, plain) },
  plain,
)
const routes = fc.constantFrom('/invocations', '/chains', '/jobs', '/trees')
const filters: fc.Arbitrary<Filters> = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(fc.string(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 })),
)
const stranger = (error: unknown) => error instanceof Invalid && error.parameter === 'cursor'

test('a cursor comes back as it was, whatever the order of the filters', () => {
  fc.assert(
    fc.property(routes, filters, cursors, (route, asked, cursor) => {
      const turned = Object.fromEntries([...Object.entries(asked), ['none', undefined]].reverse())
      assert.deepEqual(decodeCursor(route, turned, encodeCursor(route, asked, cursor)), cursor)
    }),
  )
})

test('a cursor of another list or of other filters is refused', () => {
  fc.assert(
    fc.property(routes, routes, filters, filters, cursors, (route, other, asked, others, cursor) => {
      fc.pre(
        route !== other ||
          JSON.stringify(names.map((name) => asked[name])) !== JSON.stringify(names.map((name) => others[name])),
      )
      assert.throws(() => decodeCursor(other, others, encodeCursor(route, asked, cursor)), stranger)
    }),
  )
})

test('a cursor with a changed byte is refused, or names another place of the same list: never anything else', () => {
  let refused = 0
  fc.assert(
    fc.property(
      filters,
      cursors,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (asked, cursor, at, flip, inside) => {
        const text = encodeCursor('/jobs', asked, cursor)
        const bytes = Buffer.from(text, inside ? 'base64url' : 'latin1')
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip
        const changed = bytes.toString(inside ? 'base64url' : 'latin1')
        try {
          const { from, to, after } = decodeCursor('/jobs', asked, changed)
          for (const instant of [from, to, after.at])
            assert.match(instant ?? '2026-11-22T00:00:00.000000Z', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
          assert.match(after.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
          assert.deepEqual(decodeCursor('/jobs', asked, encodeCursor('/jobs', asked, { from, to, after })), {
            from,
            to,
            after,
          })
        } catch (error) {
          assert.ok(stranger(error), String(error))
          refused += 1
        }
      },
    ),
    { numRuns: 2000 },
  )
  assert.ok(refused > 1000, `only ${refused} of 2,000 were refused`)
})

test('what was never a cursor is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.jsonValue(), (bytes, value) => {
      assert.throws(() => decodeCursor('/jobs', {}, Buffer.from(bytes).toString('latin1')), stranger)
      assert.throws(() => decodeCursor('/jobs', {}, Buffer.from(JSON.stringify(value)).toString('base64url')), stranger)
    }),
  )
  const [good] = fc.sample(cursors, { numRuns: 1, seed: 1 })
  const parts = JSON.parse(Buffer.from(encodeCursor('/jobs', {}, good as Cursor), 'base64url').toString()) as unknown[]
  const forged = [
    parts.slice(0, 5),
    [...parts, 1],
    parts.with(0, 2),
    parts.with(4, '2026-11-22T09:48:02Z'),
    parts.with(4, '2026-02-30T00:00:00.000000Z'),
    parts.with(4, null),
    parts.with(5, 'x'),
    parts.with(5, "' or true --"),
    parts.with(5, String(parts[5]).toUpperCase().replace(/^./, 'A')),
    parts.with(2, 5),
    parts.with(3, 'Infinity'),
  ]
  for (const each of forged)
    assert.throws(
      () => decodeCursor('/jobs', {}, Buffer.from(JSON.stringify(each)).toString('base64url')),
      stranger,
      JSON.stringify(each),
    )
})

test('a page that ends on a row at infinity goes on', () => {
  for (const at of ['infinity', '-infinity']) {
    const cursor: Cursor = { from: null, to: null, after: { at, id: '00000000-0000-4000-8000-000000000000' } }
    assert.deepEqual(decodeCursor('/invocations', {}, encodeCursor('/invocations', {}, cursor)), cursor)
  }
})
