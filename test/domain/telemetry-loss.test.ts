import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { telemetryLoss } from '../../src/domain/telemetry-loss.ts'

test('a counter that disagrees with the rows of what has ended is told, and one that is no number of jobs is unknown', () => {
  const cases: Array<[status: string, counted: number | null, recorded: number, told: object | undefined]> = [
    ['completed', 2, 2, undefined],
    ['completed', 0, 1, { expectedJobs: 0, recordedJobs: 1 }],
    ['failed', 3, 1, { expectedJobs: 3, recordedJobs: 1 }],
    ['timeout', 0, 2, { expectedJobs: 0, recordedJobs: 2 }],
    ['in other words', 1, 0, { expectedJobs: 1, recordedJobs: 0 }],
    ['handler_failed', 0, 1, { expectedJobs: 0, recordedJobs: 1 }],
    ['completed', -1, 1, { expectedJobs: null, recordedJobs: 1 }],
    ['completed', 2.5, 1, { expectedJobs: null, recordedJobs: 1 }],
    ['completed', 1e300, 1, { expectedJobs: null, recordedJobs: 1 }],
    ['completed', null, 1, undefined],
    ['running', 0, 1, undefined],
    ['handling', 0, 1, undefined],
    ['detecting', 0, 1, undefined],
  ]
  for (const [status, counted, recorded, told] of cases)
    assert.deepEqual(
      telemetryLoss({ status, stale: false }, counted, recorded),
      told,
      `${status} ${counted} ${recorded}`,
    )
  for (const status of ['running', 'handling', 'detecting'])
    assert.deepEqual(telemetryLoss({ status, stale: true }, 0, 1), { expectedJobs: 0, recordedJobs: 1 })
})

test('a count of what has ended never stands beside another number of rows without it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.nat(2000), (counted, recorded) => {
      const loss = telemetryLoss({ status: 'completed', stale: false }, counted, recorded)
      assert.equal(loss === undefined, counted === recorded)
      assert.ok(loss === undefined || loss.expectedJobs === counted || loss.expectedJobs === null)
    }),
  )
})
