import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { duration } from '../../src/dashboard/format/numbers.ts'
import { withMoments } from '../../src/dashboard/format/time.ts'

test('a duration has two units at most, and none of them is full', () => {
  assert.deepEqual(
    [0, 480, 999.6, 1240, 9996, 59_960, 179_700, 3_599_600, 7_500_000, 86_399_999, 356_400_000, -1500, null].map(
      duration,
    ),
    [
      '0 ms',
      '480 ms',
      '1.00 s',
      '1.24 s',
      '10.0 s',
      '1 min',
      '3 min',
      '1 h',
      '2 h 5 min',
      '1 d',
      '4 d 3 h',
      '−1.50 s',
      '–',
    ],
  )
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
      assert.doesNotMatch(duration(ms), /\b(60(\.0)? s|60 min|24 h|1000 ms)\b/)
    }),
  )
})

test('the instants of a sentence are told as others are', () => {
  assert.equal(
    withMoments('Job pay failed first, at 2026-11-25T15:42:03.794000Z, and nothing ran.', 'utc'),
    'Job pay failed first, at 25 Nov 15:42:03, and nothing ran.',
  )
})
