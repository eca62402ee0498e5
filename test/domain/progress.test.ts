import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { LEAST_TAKEN, progressed, type Progress } from '../../src/domain/overload/progress.ts'

const looks = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 1000 }),
    more: fc.integer({ min: 0, max: 2 * LEAST_TAKEN }),
    pending: fc.boolean(),
  }),
  { minLength: 1, maxLength: 50 },
)

test('a reader is said to have stalled since a moment only if less than 64 KiB were taken since, and something waited for it at every look', () => {
  fc.assert(
    fc.property(looks, (given) => {
      let progress: Progress = { since: 0, taken: 0 }
      const seen = [{ now: 0, taken: 0, pending: false }]
      for (const { after, more, pending } of given) {
        const last = seen.at(-1)!
        const look = { now: last.now + after, taken: last.taken + more, pending }
        seen.push(look)
        progress = progressed(progress, look)
        const from = seen.find(({ now }) => now === progress.since)!
        assert.ok(look.taken - from.taken < LEAST_TAKEN)
        assert.ok(seen.every((each) => each.now <= progress.since || each.pending))
      }
    }),
  )
})

test('a reader that takes nothing of what is there has stalled since it last took something', () => {
  let progress: Progress = { since: 0, taken: 0 }
  for (const [now, taken] of [
    [250, 100_000],
    [500, 100_100],
    [750, 100_200],
    [1000, 100_200],
  ] as const)
    progress = progressed(progress, { now, taken, pending: true })
  assert.deepEqual(progress, { since: 250, taken: 100_000 })
})
