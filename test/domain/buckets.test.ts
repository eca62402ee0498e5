import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { bucketStarts } from '../../src/domain/analysis/buckets.ts'

const short = (starts: string[]): string[] => starts.map((start) => start.replace(':00.000000Z', 'Z'))

test('a day begins at midnight of the time zone, and has 23 or 25 hours where clocks change', () => {
  const days = (from: string, to: string, zone: string): string[] =>
    short(bucketStarts({ from: `${from}T00:00:00.000000Z`, to: `${to}T00:00:00.000000Z` }, '1d', zone, 1))
  assert.deepEqual(days('2026-03-28', '2026-03-31', 'Europe/Berlin'), [
    '2026-03-28T00:00Z',
    '2026-03-28T23:00Z',
    '2026-03-29T22:00Z',
    '2026-03-30T22:00Z',
  ])
  assert.deepEqual(days('2026-10-24', '2026-10-27', 'Europe/Berlin'), [
    '2026-10-24T00:00Z',
    '2026-10-24T22:00Z',
    '2026-10-25T23:00Z',
    '2026-10-26T23:00Z',
  ])
  assert.deepEqual(days('2026-01-01', '2026-01-03', 'UTC'), ['2026-01-01T00:00Z', '2026-01-02T00:00Z'])
  assert.deepEqual(days('2026-01-01', '2026-01-03', 'Asia/Kathmandu'), [
    '2026-01-01T00:00Z',
    '2026-01-01T18:15Z',
    '2026-01-02T18:15Z',
  ])
  // Clocks went from midnight to 1:00: the day began at 1:00, which is 3:00 UTC.
  assert.deepEqual(days('2018-11-03', '2018-11-05', 'America/Sao_Paulo'), [
    '2018-11-03T00:00Z',
    '2018-11-03T03:00Z',
    '2018-11-04T03:00Z',
  ])
  // Samoa had no 30 December 2011.
  assert.deepEqual(days('2011-12-29', '2012-01-01', 'Pacific/Apia'), [
    '2011-12-29T00:00Z',
    '2011-12-29T10:00Z',
    '2011-12-30T10:00Z',
    '2011-12-31T10:00Z',
  ])
})

test('hours begin with those of the time zone, and one that comes twice is two', () => {
  const hours = (from: string, to: string, zone: string): string[] =>
    short(bucketStarts({ from: `${from}:00.000000Z`, to: `${to}:00.000000Z` }, '1h', zone, 1))
  assert.deepEqual(hours('2026-10-25T00:30', '2026-10-25T03:00', 'Europe/Berlin'), [
    '2026-10-25T00:30Z',
    '2026-10-25T01:00Z',
    '2026-10-25T02:00Z',
  ])
  assert.deepEqual(hours('2026-01-01T00:00', '2026-01-01T02:00', 'Asia/Kolkata'), [
    '2026-01-01T00:00Z',
    '2026-01-01T00:30Z',
    '2026-01-01T01:30Z',
  ])
  // Lord Howe Island turns its clocks back by half an hour, from 2:00 to 1:30: 15:00 UTC.
  assert.deepEqual(hours('2026-04-04T14:00', '2026-04-04T16:30', 'Australia/Lord_Howe'), [
    '2026-04-04T14:00Z',
    '2026-04-04T15:00Z',
    '2026-04-04T15:30Z',
  ])
})

test('buckets follow each other without a gap, and begin within the window', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
  )
  const lengths = fc.constantFrom<['5m' | '1h' | '1d', number]>(['5m', 300_000], ['1h', 3_600_000], ['1d', 86_400_000])
  const start = fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2040-01-01') })
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 300 }), lengths, zones, (ms, count, [length, step], zone) => {
      const iso = (at: number): string => `${new Date(at).toISOString().slice(0, -1)}000Z`
      const window = { from: iso(ms), to: iso(ms + count * step) }
      const starts = bucketStarts(window, length, zone, 1)
      assert.equal(starts[0], window.from)
      assert.ok(starts.every((at, nth) => nth === 0 || (at > (starts[nth - 1] ?? '') && at < window.to)))
      const wall = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        hourCycle: 'h23',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      })
      for (const at of starts.slice(1)) {
        const [hour = 0, minute = 0, second = 0] = wall.format(Date.parse(at)).split(':').map(Number)
        const past = ((hour * 60 + minute) * 60 + second) * 1000
        // A day may begin later than midnight, where the zone skips it.
        if (length === '1d') assert.ok(hour < 2, `${at} ${zone}`)
        else if (zone !== 'Australia/Lord_Howe') assert.equal(past % step, 0, `${at} ${zone}`)
      }
    }),
    { numRuns: 200 },
  )
})

test('too many buckets, an unbounded window and an unknown time zone are refused', () => {
  const day = { from: '2026-01-01T00:00:00.000000Z', to: '2026-01-02T00:00:00.000000Z' }
  assert.equal(bucketStarts(day, '5m', 'UTC', 50).length, 288)
  assert.throws(() => bucketStarts(day, '5m', 'UTC', 100), /288 for each of up to 100 names/)
  assert.throws(() => bucketStarts({ ...day, to: '2026-03-01T00:00:00.000000Z' }, '1h', 'UTC', 1), /bucket/)
  assert.throws(() => bucketStarts({ ...day, to: 'infinity' }, '1d', 'UTC', 1), /bucket must be left out/)
  assert.throws(() => bucketStarts(day, '1d', 'Mars/Olympus', 1), /timeZone/)
})
