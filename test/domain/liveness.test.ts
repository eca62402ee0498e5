import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { endOfInvocation, lastEnd } from '../../src/domain/ends.ts'
import { addMs, compareInstants, instantOf } from '../../src/domain/instant.ts'
import { clockAt, isStale } from '../../src/domain/liveness.ts'

const AT = Date.parse('2026-11-22T10:00:00Z')
const at = (ms: number): string => instantOf(AT + ms)
/** Within an hour before and after, often close to each other. */
const near = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -3_600_000, max: 3_600_000 }))
const duration = fc.option(near)

test('what runs is stale from the moment on at which it was silent for so long, and not a microsecond before', () => {
  fc.assert(
    fc.property(
      near,
      fc.integer({ min: 1, max: 3_600_000 }),
      fc.integer({ min: -3, max: 3 }),
      (sign, staleAfter, micros) => {
        const signOfLife = at(sign)
        const asOf = addMs(signOfLife, staleAfter + micros / 1000)
        const clock = clockAt(asOf, { staleAfter })
        assert.equal(isStale({ status: 'running', durationMs: null, signOfLife }, clock), micros >= 0)
      },
    ),
  )
})

test('stale is what runs with a duration, or without an invocation that lives; and never what has ended', () => {
  const clock = clockAt(at(0), { staleAfter: 1000 })
  fc.assert(
    fc.property(duration, fc.option(near), (durationMs, sign) => {
      const signOfLife = sign === null ? null : at(sign)
      for (const status of ['running', 'detecting', 'handling']) {
        const lives = durationMs === null && sign !== null && sign > -1000
        assert.equal(isStale({ status, durationMs, signOfLife }, clock), !lives)
      }
      for (const status of ['completed', 'failed', 'timeout', 'not_detected', 'RUNNING', ''])
        assert.equal(isStale({ status, durationMs, signOfLife }, clock), false)
    }),
  )
})

test('an invocation ends at the smaller of created + duration and its last update, or at the first where that does not count', () => {
  fc.assert(
    fc.property(near, fc.option(near), duration, fc.option(near), (created, updated, durationMs, lastJob) => {
      const end = endOfInvocation(
        { createdAt: at(created), updatedAt: updated === null ? null : at(updated), durationMs },
        lastJob === null ? null : at(lastJob),
      )
      if (durationMs === null) return assert.equal(end, null)
      const counts = updated !== null && updated > created && (lastJob === null || updated >= lastJob)
      assert.equal(end, at(counts ? Math.min(updated, created + durationMs) : created + durationMs))
    }),
  )
})

test('the last end of jobs is that of the one that ended last, whatever their order; one that took less than nothing ended at its start', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(near, duration)), (jobs) => {
      const ends = jobs.flatMap(([start, took]) => (took === null ? [] : [at(start + Math.max(0, took))]))
      assert.equal(
        lastEnd(
          jobs.map(([start, took]) => ({ startedAt: at(start), endedAt: took === null ? null : at(start + took) })),
        ),
        ends.toSorted(compareInstants).at(-1) ?? null,
      )
    }),
  )
})
