import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decodeCursor, type Position } from '../../src/domain/paging/cursor.ts'
import { msBetween } from '../../src/domain/instant.ts'
import { Invalid } from '../../src/domain/invalid.ts'
import { cutPage, pageRequest, resolveRange, windowMs, type ListQuery } from '../../src/domain/paging/page.ts'
import { instantOf } from '../support/forest.ts'

const now = '2026-11-22T10:00:00.000000Z'
const instants = fc.integer({ min: 0, max: 4_000_000_000_000_000 }).map(instantOf)
const query = (given: Partial<ListQuery> = {}): ListQuery => ({ order: 'desc', limit: 50, ...given })
const wrong = (parameter: string) => (error: unknown) => error instanceof Invalid && error.parameter === parameter

test('a window is a whole number and a unit, and reaches from then to now', () => {
  const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom('s', 'm', 'h', 'd', 'w'), (count, unit) => {
      const ms = count * units[unit]
      assert.equal(windowMs(`${count}${unit}`), ms)
      const { from, to } = resolveRange({ window: `${count}${unit}` }, now, 'last-24h')
      assert.equal(to, now)
      // Beyond 285 years a double has no room for microseconds.
      if (ms < 8e12) assert.equal(msBetween(from ?? '', now), ms)
    }),
  )
  for (const text of ['', '6', 'h', '0h', '06h', '1.5h', '-1h', '6 h', '6H', '6h6m', '100000s']) {
    assert.equal(windowMs(text), undefined, text)
    assert.throws(() => resolveRange({ window: text }, now, 'all-time'), wrong('window'), text)
  }
  assert.throws(() => resolveRange({ window: '6h', from: now }, now, 'last-24h'), wrong('window'))
  assert.throws(() => resolveRange({ window: '6h', to: now }, now, 'last-24h'), wrong('window'))
})

test('from and to are taken as they are, in order only; an open end is closed unless all time is cheap', () => {
  fc.assert(
    fc.property(instants, instants, fc.constantFrom('last-24h', 'all-time'), (from, to, unasked) => {
      if (from < to) assert.deepEqual(resolveRange({ from, to }, now, unasked), { from, to })
      else assert.throws(() => resolveRange({ from, to }, now, unasked), wrong('to'))
      assert.deepEqual(resolveRange({ from }, now, 'all-time'), { from, to: null })
      assert.deepEqual(resolveRange({ to }, now, 'all-time'), { from: null, to })
      if (from < now) assert.deepEqual(resolveRange({ from }, now, 'last-24h'), { from, to: now })
      else assert.throws(() => resolveRange({ from }, now, 'last-24h'), wrong('from'))
      const day = resolveRange({ to }, now, 'last-24h')
      assert.deepEqual([day.to, msBetween(day.from ?? '', to)], [to, 86_400_000])
    }),
  )
  assert.deepEqual(resolveRange({}, now, 'all-time'), { from: null, to: null })
  assert.deepEqual(resolveRange({}, now, 'last-24h'), { from: '2026-11-21T10:00:00.000000Z', to: now })
  assert.deepEqual(resolveRange({ to: '0001-01-01T10:00:00Z' }, now, 'last-24h'), {
    from: '0000-12-31T10:00:00.000000Z',
    to: '0001-01-01T10:00:00.000000Z',
  })
  for (const name of ['from', 'to'])
    assert.throws(() => resolveRange({ [name]: 'yesterday' }, now, 'all-time'), wrong(name))
})

interface Item {
  createdAt: string
  id: string
}

/** A list as the database has it: ordered, each page of at most so many rows, and one beyond. */
function* read(items: Item[], given: ListQuery, limits: number[]): Generator<ReturnType<typeof cutPage<Item>>> {
  const position = ({ createdAt, id }: Item): Position => ({ at: createdAt, id })
  for (let cursor: string | null | undefined, turn = 0; cursor !== null; turn += 1) {
    const limit = limits[turn % limits.length] ?? 1
    const later = new Date(Date.parse(now) + turn * 60_000).toISOString().replace('Z', '000Z')
    const asked = pageRequest(
      '/jobs',
      { ...given, limit, ...(cursor === undefined ? {} : { cursor }) },
      later,
      'last-24h',
    )
    const { from, to, after } = asked
    const sign = given.order === 'asc' ? 1 : -1
    const key = ({ createdAt, id }: Item) => `${createdAt} ${id}`
    const rows = items
      .filter(({ createdAt }) => (from === null || createdAt >= from) && (to === null || createdAt < to))
      .sort((a, b) => (key(a) < key(b) ? -sign : sign))
    const rest = rows.filter(
      (row) =>
        after === null ||
        ((key(row) > `${after.at} ${after.id}` ? 1 : -1) * sign > 0 && key(row) !== `${after.at} ${after.id}`),
    )
    const page = cutPage(asked, rest.slice(0, limit + 1), position)
    yield page
    cursor = page.page.nextCursor
  }
}

test("pages of any size, one after the other, are the list of the first page's window", () => {
  const times = fc
    .integer({ min: -90_000_000_000, max: 60_000_000 })
    .map((us) => instantOf(Date.parse(now) * 1000 + us - (us % 20_000_000_000)))
  const items = fc.uniqueArray(fc.record({ createdAt: times, id: fc.uuid() }), {
    selector: ({ id }) => id,
    maxLength: 60,
  })
  fc.assert(
    fc.property(
      items,
      fc.constantFrom('asc' as const, 'desc' as const),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
      (items, order, limits) => {
        const pages = [...read(items, query({ order, window: '24h' }), limits)]
        const seen = pages.flatMap(({ data }) => data.map(({ id }) => id))
        const inside = items.filter(({ createdAt }) => createdAt >= '2026-11-21T10:00:00.000000Z' && createdAt < now)
        assert.deepEqual([...seen].sort(), inside.map(({ id }) => id).sort())
        for (const { page } of pages) assert.deepEqual([page.from, page.to], ['2026-11-21T10:00:00.000000Z', now])
        assert.deepEqual(
          pages.slice(0, -1).map(({ data }) => data.length),
          pages.slice(0, -1).map(({ page }) => page.limit),
        )
      },
    ),
  )
})

test('a search that stopped early goes on where it stopped', () => {
  const asked = pageRequest('/trees', query({ limit: 2 }), now, 'last-24h')
  const stopped = { at: '2026-11-22T01:00:00.000000Z', id: '0f8fad5b-d9cb-469f-a165-708677289511' }
  const { data, page } = cutPage(asked, ['one'], () => ({ at: now, id: 'x' }), stopped)
  assert.deepEqual(data, ['one'])
  assert.deepEqual(decodeCursor('/trees', { order: 'desc' }, page.nextCursor ?? '').after, stopped)
})
