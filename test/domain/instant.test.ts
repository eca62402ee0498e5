import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { addMs, endOf, instant, msBetween, parseInstant } from '../../src/domain/instant.ts'
import { database } from '../support/database.ts'

const YEAR_1 = -62_135_596_800_000
const YEAR_10000 = 253_402_300_800_000

interface Moment {
  ms: number
  micros: number
}

/** ms since 1970 and the microseconds beyond, of the years 1 to 9999. */
const moments: fc.Arbitrary<Moment> = fc.record({ ms: fc.integer({ min: YEAR_1, max: YEAR_10000 - 1 }), micros: fc.integer({ min: 0, max: 999 }) })
const digits = ({ micros }: Moment) => String(micros).padStart(3, '0')
const isoOf = (moment: Moment) => `${new Date(moment.ms).toISOString().slice(0, -1)}${digits(moment)}Z`

/** An instant as somebody far away writes it. */
function written(moment: Moment, offset: number): string {
  const sign = offset < 0 ? '-' : '+'
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'))
  return `${new Date(moment.ms + offset * 60_000).toISOString().slice(0, -1)}${digits(moment)}${sign}${hours}:${minutes}`
}

/** Minutes; Postgres knows no offset of 16 hours or more. */
const offsets = fc.integer({ min: -959, max: 959 })
const local = fc.tuple(moments, offsets).filter(([{ ms }, offset]) => ms + offset * 60_000 >= YEAR_1 && ms + offset * 60_000 < YEAR_10000)

test('what Postgres writes becomes ISO with six digits, whatever zeros it dropped', () => {
  fc.assert(fc.property(moments, (moment) => {
    const iso = isoOf(moment)
    const text = `${iso.slice(0, 19).replace('T', ' ')}${`.${iso.slice(20, 26)}`.replace(/\.?0+$/, '')}+00`
    assert.equal(instant(text), iso)
  }))
  for (const text of ['infinity', '-infinity', '10000-01-01 00:00:00.12345+00', '0001-01-01 00:00:00.123+00 BC']) assert.equal(instant(text), text)
})

test('an instant is read back from its own form, and from that of any offset', () => {
  fc.assert(fc.property(local, ([moment, offset]) => {
    assert.equal(parseInstant(isoOf(moment)), isoOf(moment))
    assert.equal(parseInstant(written(moment, offset)), isoOf(moment))
    assert.equal(parseInstant(written(moment, offset).replace('+', ' ').toLowerCase()), isoOf(moment))
  }))
})

test('texts sort as the instants do', () => {
  fc.assert(fc.property(moments, moments, (a, b) => {
    assert.equal(Math.sign(a.ms - b.ms || a.micros - b.micros), isoOf(a) < isoOf(b) ? -1 : isoOf(a) > isoOf(b) ? 1 : 0)
  }))
})

test('digits beyond the microsecond round up', () => {
  assert.equal(parseInstant('2026-11-22T09:48:02.1234560Z'), '2026-11-22T09:48:02.123456Z')
  assert.equal(parseInstant('2026-11-22T09:48:02.123456001Z'), '2026-11-22T09:48:02.123457Z')
  assert.equal(parseInstant('2026-12-31T23:59:59.9999991Z'), '2027-01-01T00:00:00.000000Z')
  assert.equal(parseInstant('9999-12-31T23:59:59.9999991Z'), undefined)
})

test('a date that no calendar has is none', () => {
  const [year, month, day] = [fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 })]
  fc.assert(fc.property(year, month, day, (year, month, day) => {
    const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
    // Date.parse moves 30 February on to March; a date of the calendar comes back as it was.
    const moved = new Date(`${date}T00:00:00Z`)
    const exists = !Number.isNaN(moved.getTime()) && moved.toISOString().startsWith(date)
    assert.equal(parseInstant(`${date}T00:00:00Z`), exists ? `${date}T00:00:00.000000Z` : undefined)
  }), { numRuns: 1000 })
  for (const text of ['2026-11-22', '2026-11-22T09:48:02', '2026-11-22T24:00:00Z', '2026-11-22T09:60:00Z', '2026-11-22T09:48:60Z', '2026-11-22T09:48:02+24:00', '0000-12-31T23:59:59Z', 'now', '']) {
    assert.equal(parseInstant(text), undefined, text)
  }
})

test('adding ms and measuring them undo each other', () => {
  // Within a day, and ten years either way: beyond 285 years a double has no room for microseconds.
  const distances = fc.oneof(fc.integer({ min: -86_400_000, max: 86_400_000 }), fc.integer({ min: -315_360_000_000, max: 315_360_000_000 }))
  fc.assert(fc.property(moments, distances, (moment, ms) => {
    fc.pre(moment.ms + ms >= YEAR_1 && moment.ms + ms < YEAR_10000)
    const from = isoOf(moment)
    const to = addMs(from, ms)
    assert.equal(to, isoOf({ ...moment, ms: moment.ms + ms }))
    assert.equal(msBetween(from, to), ms)
    assert.equal(msBetween(to, from), ms === 0 ? 0 : -ms)
    assert.equal(addMs(to, -ms), from)
    assert.equal(endOf(from, ms), to)
  }), { numRuns: 1000 })
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
