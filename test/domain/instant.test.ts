import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type pg from 'pg'
import { timestamptz } from '../../src/db/timestamp.ts'
import { addMs, compareInstants, endOf, instant, isBefore, msBetween, parseInstant } from '../../src/domain/instant.ts'
import { database } from '../support/database.ts'

const YEAR_1 = -62_135_596_800_000
const YEAR_10000 = 253_402_300_800_000

interface Moment {
  ms: number
  micros: number
}

/** ms since 1970 and the microseconds beyond, of the years 1 to 9999. */
const moments: fc.Arbitrary<Moment> = fc.record({
  ms: fc.integer({ min: YEAR_1, max: YEAR_10000 - 1 }),
  micros: fc.integer({ min: 0, max: 999 }),
})
const digits = ({ micros }: Moment) => String(micros).padStart(3, '0')
const isoOf = (moment: Moment) => `${new Date(moment.ms).toISOString().slice(0, -1)}${digits(moment)}Z`

/** An instant as somebody far away writes it. */
function written(moment: Moment, offset: number): string {
  const sign = offset < 0 ? '-' : '+'
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
    String(part).padStart(2, '0'),
  )
  return `${new Date(moment.ms + offset * 60_000).toISOString().slice(0, -1)}${digits(moment)}${sign}${hours}:${minutes}`
}

/** Minutes; Postgres knows no offset of 16 hours or more. */
const offsets = fc.integer({ min: -959, max: 959 })
const local = fc
  .tuple(moments, offsets)
  .filter(([{ ms }, offset]) => ms + offset * 60_000 >= YEAR_1 && ms + offset * 60_000 < YEAR_10000)

test('what Postgres writes becomes ISO with six digits, whatever zeros it dropped', () => {
  fc.assert(
    fc.property(moments, (moment) => {
      const iso = isoOf(moment)
      const text = `${iso.slice(0, 19).replace('T', ' ')}${`.${iso.slice(20, 26)}`.replace(/\.?0+$/, '')}+00`
      assert.equal(instant(text), iso)
    }),
  )
  const others = {
    infinity: 'infinity',
    '-infinity': '-infinity',
    '58875-01-05 12:34:56.12345+00': '+058875-01-05T12:34:56.123450Z',
    '294276-12-31 23:59:59.999999+00': '+294276-12-31T23:59:59.999999Z',
    '0001-01-01 00:00:00.123+00 BC': '0000-01-01T00:00:00.123000Z',
    '0044-03-15 00:00:00+00 BC': '-000043-03-15T00:00:00.000000Z',
    '4714-11-24 00:00:00+00 BC': '-004713-11-24T00:00:00.000000Z',
  }
  for (const [text, iso] of Object.entries(others)) {
    assert.equal(instant(text), iso)
    assert.equal(instant(iso), iso)
  }
})

test('an instant is read back from its own form, and from that of any offset', () => {
  fc.assert(
    fc.property(local, ([moment, offset]) => {
      assert.equal(parseInstant(isoOf(moment)), isoOf(moment))
      assert.equal(parseInstant(written(moment, offset)), isoOf(moment))
      assert.equal(parseInstant(written(moment, offset).replace('+', ' ').toLowerCase()), isoOf(moment))
    }),
  )
})

test('texts sort as the instants do', () => {
  fc.assert(
    fc.property(moments, moments, (a, b) => {
      assert.equal(
        Math.sign(a.ms - b.ms || a.micros - b.micros),
        isoOf(a) < isoOf(b) ? -1 : isoOf(a) > isoOf(b) ? 1 : 0,
      )
    }),
  )
})

test('digits beyond the microsecond round up', () => {
  assert.equal(parseInstant('2026-11-22T09:48:02.1234560Z'), '2026-11-22T09:48:02.123456Z')
  assert.equal(parseInstant('2026-11-22T09:48:02.123456001Z'), '2026-11-22T09:48:02.123457Z')
  assert.equal(parseInstant('2026-12-31T23:59:59.9999991Z'), '2027-01-01T00:00:00.000000Z')
  assert.equal(parseInstant('9999-12-31T23:59:59.9999991Z'), '+010000-01-01T00:00:00.000000Z')
  assert.equal(parseInstant('+294276-12-31T23:59:59.9999991Z'), undefined)
})

test('a date that no calendar has is none', () => {
  const [year, month, day] = [
    fc.integer({ min: 1, max: 9999 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
  ]
  fc.assert(
    fc.property(year, month, day, (year, month, day) => {
      const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
      // Date.parse moves 30 February on to March; a date of the calendar comes back as it was.
      const moved = new Date(`${date}T00:00:00Z`)
      const exists = !Number.isNaN(moved.getTime()) && moved.toISOString().startsWith(date)
      assert.equal(parseInstant(`${date}T00:00:00Z`), exists ? `${date}T00:00:00.000000Z` : undefined)
    }),
    { numRuns: 1000 },
  )
  for (const text of [
    '2026-11-22',
    '2026-11-22T09:48:02',
    '2026-11-22T24:00:00Z',
    '2026-11-22T09:60:00Z',
    '2026-11-22T09:48:60Z',
    '2026-11-22T09:48:02+24:00',
    '-000000-12-31T23:59:59Z',
    '-004713-11-23T23:59:59Z',
    '+294277-01-01T00:00:00Z',
    '58875-01-05T00:00:00Z',
    '+58875-01-05T00:00:00Z',
    'Infinity',
    'now',
    '',
  ]) {
    assert.equal(parseInstant(text), undefined, text)
  }
})

test('adding ms and measuring them undo each other', () => {
  // Within a day, and ten years either way: beyond 285 years a double has no room for microseconds.
  const distances = fc.oneof(
    fc.integer({ min: -86_400_000, max: 86_400_000 }),
    fc.integer({ min: -315_360_000_000, max: 315_360_000_000 }),
  )
  fc.assert(
    fc.property(moments, distances, (moment, ms) => {
      fc.pre(moment.ms + ms >= YEAR_1 && moment.ms + ms < YEAR_10000)
      const from = isoOf(moment)
      const to = addMs(from, ms)
      assert.equal(to, isoOf({ ...moment, ms: moment.ms + ms }))
      assert.equal(msBetween(from, to), ms)
      assert.equal(msBetween(to, from), ms === 0 ? 0 : -ms)
      assert.equal(addMs(to, -ms), from)
      assert.equal(endOf(from, ms), to)
    }),
    { numRuns: 1000 },
  )
  assert.equal(endOf('2026-11-22T09:48:02.120000Z', null), null)
  assert.equal(msBetween('2026-11-22T09:48:02.120001Z', '2026-11-22T09:48:02.120000Z'), -0.001)
})

test('Postgres reads each instant as the service does, and writes it back the same', async (t) => {
  const { pool } = await database(t, { migrated: false })
  const some = fc.sample(local, { numRuns: 2000, seed: 5 })
  const { rows } = await pool.query<{ output: string; six: string }>(
    `select given::timestamptz::text as output, to_char(given::timestamptz, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as six
       from set_config('timezone', 'UTC', false), unnest($1::text[]) with ordinality as g (given, n) order by n`,
    [some.map(([moment, offset]) => written(moment, offset))],
  )
  assert.equal(rows.length, some.length)
  for (const [at, [moment, offset]] of some.entries()) {
    const text = written(moment, offset)
    assert.equal(parseInstant(text), rows[at]?.six, text)
    assert.equal(instant(rows[at]?.output ?? ''), rows[at]?.six, text)
  }
})

/** Of all years that Postgres knows, many at the edges. Microseconds since 1970. */
const FIRST = -210_866_803_200_000_000n
const LAST = 9_224_318_016_000_000_000n - 1n
const edges = [
  FIRST,
  LAST,
  BigInt(YEAR_1) * 1000n,
  BigInt(YEAR_10000) * 1000n,
  -62_167_219_200_000_000n,
  0n,
  2n ** 53n,
  -(2n ** 53n),
]
const anywhere = fc.oneof(
  fc.bigInt({ min: FIRST, max: LAST }),
  fc
    .tuple(fc.constantFrom(...edges), fc.bigInt({ min: -3n, max: 3n }))
    .map(([edge, by]) => edge + by)
    .filter((us) => us >= FIRST && us <= LAST),
)

/** As Postgres writes them: it counts from the year 2000, or the last ones would be no bigint. */
async function writtenByPostgres(pool: pg.Pool, micros: bigint[]): Promise<string[]> {
  const { rows } = await pool.query<{ output: string }>(
    `
    select (timestamptz '2000-01-01 00:00:00+00' + (us / 86400000000)::int * interval '1 day' + us % 86400000000 * interval '1 us')::text as output
      from set_config('timezone', 'UTC', false), unnest($1::bigint[]) with ordinality as g (us, n) order by n`,
    [micros.map((us) => String(us - 946_684_800_000_000n))],
  )
  return rows.map(({ output }) => output)
}

test('of any year: Postgres reads what the service writes, in the same order, and the service what Postgres writes', async (t) => {
  const { pool } = await database(t, { migrated: false })
  const all = [...fc.sample(anywhere, { numRuns: 2000, seed: 7 }), FIRST, LAST]
  const isos = (await writtenByPostgres(pool, all)).map(instant)
  for (const [at, iso] of isos.entries()) {
    assert.match(iso, /^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    assert.equal(parseInstant(iso), iso)
    assert.equal(parseInstant(iso.replace('+', ' ')), iso)
    const [a, b] = [all[at] ?? 0n, all[(at * 7 + 1) % all.length] ?? 0n]
    const other = isos[(at * 7 + 1) % all.length] ?? ''
    assert.equal(Math.sign(compareInstants(iso, other)), a < b ? -1 : a > b ? 1 : 0, `${iso} and ${other}`)
    // A double holds so many digits and no more.
    assert.ok(
      Math.abs((msBetween(iso, other) ?? NaN) - Number(b - a) / 1000) <= Math.abs(Number(b - a) / 1000) * 2 ** -51,
      `from ${iso} to ${other}: ${msBetween(iso, other)}, not ${Number(b - a) / 1000}`,
    )
  }
  const read = isos.map((iso) => timestamptz(iso).values[0])
  const { rows } = await pool.query<{ output: string }>(
    `select given::timestamptz::text as output from set_config('timezone', 'UTC', false), unnest($1::text[]) with ordinality as g (given, n) order by n`,
    [read],
  )
  assert.deepEqual(
    rows.map(({ output }) => instant(output)),
    isos,
  )
})

test('what is infinite comes before or after everything, ends where it begins, and is no number of ms away', () => {
  fc.assert(
    fc.property(moments, fc.integer(), (moment, ms) => {
      const iso = isoOf(moment)
      assert.ok(
        isBefore('-infinity', iso) &&
          isBefore(iso, 'infinity') &&
          isBefore('-infinity', 'infinity') &&
          !isBefore('infinity', 'infinity'),
      )
      for (const end of ['infinity', '-infinity']) {
        assert.equal(parseInstant(end), end)
        assert.equal(addMs(end, ms), end)
        assert.equal(msBetween(iso, end), null)
        assert.equal(msBetween(end, iso), null)
      }
    }),
  )
})

test('an end beyond what Postgres knows is infinite, and one of fractions is rounded to the microsecond', () => {
  assert.equal(addMs('+294276-12-31T23:59:59.999999Z', 1), 'infinity')
  assert.equal(addMs('2026-11-22T09:48:02.120000Z', 1e300), 'infinity')
  assert.equal(addMs('2026-11-22T09:48:02.120000Z', -1e300), '-infinity')
  assert.equal(addMs('2026-11-22T09:48:02.120000Z', 9e12), '2312-02-04T01:48:02.120000Z')
  assert.equal(addMs('2026-11-22T09:48:02.120000Z', 0.0125), '2026-11-22T09:48:02.120013Z')
  assert.equal(addMs('2026-11-22T09:48:02.120000Z', -0.5), '2026-11-22T09:48:02.119500Z')
})
