import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { coverOf, HOUR } from '../../src/domain/rollup/cover.ts'
import {
  countedShare,
  KEPT_HOURS,
  keptFrom,
  nextHour,
  uncountedHours,
  type HourState,
} from '../../src/domain/rollup/due.ts'
import {
  addHistograms,
  BUCKET_OFFSET,
  LN_GAMMA,
  QUANTILE_ERROR,
  quantileOf,
  type Histogram,
} from '../../src/domain/rollup/histogram.ts'

/** As src/queries/rollups/bucket.ts has it in SQL. */
const bucketOf = (value: number): number =>
  value === 0 ? 0 : Math.sign(value) * (BUCKET_OFFSET + Math.ceil(Math.log(Math.abs(value)) / LN_GAMMA))

function histogramOf(values: readonly number[]): Histogram {
  return values.reduce<Histogram>((sum, value) => addHistograms(sum, [bucketOf(value), 1]), [])
}

test('a quantile of added histograms is off by 1 % at most from that of all values, negative ones and zero too', () => {
  const value = fc.oneof(
    fc.constant(0),
    fc.integer({ min: -1e7, max: 1e7 }),
    fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.array(value), fc.constantFrom(0.5, 0.95, 0.99), (a, b, part) => {
      const all = [...a, ...b].toSorted((x, y) => x - y)
      const exact = all[Math.max(1, Math.ceil(part * all.length)) - 1] ?? NaN
      const found = quantileOf(addHistograms(histogramOf(a), histogramOf(b)), part) ?? NaN
      assert.ok(Math.abs(found - exact) <= Math.abs(exact) * (QUANTILE_ERROR + 1e-9), `${found} for ${exact}`)
    }),
  )
  assert.equal(quantileOf([], 0.5), null)
})

const instantOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000Z`
const start = Date.parse('2026-11-20T00:00:00Z')

test('a window is covered once, all of it, by days, hours and what is left', () => {
  const hour = fc.integer({ min: 0, max: 80 })
  fc.assert(
    fc.property(
      fc.uniqueArray(hour, { minLength: 30 }),
      fc.integer({ min: 0, max: 80 * 60 }),
      fc.integer({ min: 1, max: 70 * 60 }),
      fc.boolean(),
      (counted, minute, length, byDay) => {
        const from = start + minute * 60_000
        const to = from + length * 60_000
        const hours = counted.map((nth) => ({ hour: instantOf(start + nth * HOUR), countedAt: instantOf(start) }))
        const cover = coverOf({ from: instantOf(from), to: instantOf(to) }, hours, byDay)
        const pieces = [
          ...cover.days.map((at) => [Date.parse(at), Date.parse(at) + 24 * HOUR]),
          ...cover.hours.map((at) => [Date.parse(at), Date.parse(at) + HOUR]),
          ...cover.stretches.map((stretch) => [Date.parse(stretch.from), Date.parse(stretch.to)]),
        ].toSorted(([a = 0], [b = 0]) => a - b)
        assert.equal(pieces[0]?.[0], from)
        assert.equal(pieces.at(-1)?.[1], to)
        for (const [nth, [, end]] of pieces.slice(0, -1).entries()) assert.equal(pieces[nth + 1]?.[0], end)
        const known = new Set(counted)
        for (const at of cover.hours) assert.ok(known.has((Date.parse(at) - start) / HOUR))
        assert.ok(byDay || cover.days.length === 0)
      },
    ),
  )
})

test('hours are counted in this order: what just ended or changed, what never was from the newest on, and then each in turn', () => {
  const now = start + 10.5 * HOUR
  const state = (nth: number, more: Partial<HourState> = {}): HourState => ({
    hour: instantOf(start + nth * HOUR),
    countedAt: instantOf(now - 60_000),
    tookMs: 10,
    current: true,
    ended: false,
    ...more,
  })
  const next = (states: HourState[], sinceInTurn = 0) =>
    nextHour({
      until: 'ended',
      now: instantOf(now),
      oldest: instantOf(start + 0.2 * HOUR),
      states,
      sinceInTurn,
      inTurnTookMs: 100,
    })
  const all = Array.from({ length: 10 }, (_, nth) => state(nth))
  const fresh = all.map((each, nth) => (nth < 8 ? each : { ...each, countedAt: instantOf(now - 1000) }))
  const hour = (nth: number): string => instantOf(start + nth * HOUR)
  assert.equal(next([]), hour(9), 'the newest one that has ended')
  assert.equal(next(all), hour(9), 'what ended within 2 hours, again')
  assert.equal(
    next(fresh.with(9, state(9, { tookMs: 10_000 }))),
    undefined,
    'not sooner than ten times as long as it took',
  )
  assert.equal(next(fresh), undefined, 'in turn only after a rest')
  assert.equal(next(fresh.with(3, state(3, { ended: true }))), hour(3), 'something ended in it')
  assert.equal(next(fresh.toSpliced(2, 1)), hour(2), 'it was never counted')
  assert.equal(next(fresh.with(4, state(4, { current: false }))), hour(4), 'it was counted in another way')
  assert.equal(
    next(fresh.with(5, state(5, { countedAt: instantOf(start) })), 3000),
    hour(5),
    'the one that was counted longest ago',
  )
  assert.equal(
    nextHour({ until: 'ended', now: instantOf(now), oldest: null, states: [], sinceInTurn: 0, inTurnTookMs: 0 }),
    undefined,
    'there is nothing to count',
  )
})

test('hours are kept from that of the oldest row on, and for 400 days at most', () => {
  const at = (hours: number): string => instantOf(start + hours * HOUR)
  const state = (hours: number): HourState => ({
    hour: at(hours),
    countedAt: at(0),
    tookMs: 1,
    current: true,
    ended: false,
  })
  assert.equal(keptFrom({ until: 'ended', now: at(10.5), oldest: at(2.7) }), at(2))
  assert.equal(keptFrom({ until: 'ended', now: at(10.5), oldest: at(-KEPT_HOURS + 10.2) }), at(10 - KEPT_HOURS))
  assert.equal(
    keptFrom({ until: 'ended', now: at(10.5), oldest: null }),
    at(10),
    'there is no row, so nothing is to be told of',
  )
  const known = { until: 'ended', now: at(10.5), oldest: at(6.2), states: [state(5), state(7), state(9)] } as const
  assert.deepEqual(uncountedHours(known), [at(8), at(6)])
  assert.deepEqual(countedShare(known), { counted: 2, all: 4 })
  assert.deepEqual(uncountedHours({ ...known, until: 'now' }), [at(10), at(8), at(6)])
  assert.deepEqual(uncountedHours({ ...known, oldest: null, states: [] }), [])
})
