import assert from 'node:assert/strict'
import test from 'node:test'
import { cascade, SHOWN, type Cascade } from '../../src/domain/cascade/cascade.ts'
import { drawn, drawnClock, at, type DrawnRun } from '../support/drawn-tree.ts'

const of = (root: DrawnRun, complete = true): Cascade => cascade(drawn(root, drawnClock(1_000_000)), complete)

/** `job pay: ship, book` : a root cause, and the invocations below it. */
const told = ({ rootCauses }: Cascade): string[] =>
  rootCauses.data.map(
    ({ kind, name, downstream }) => `${kind} ${name}: ${downstream.data.map(({ id }) => id).join(', ')}`,
  )

test('a failed job is a root cause; what failed below it is not, and what ran nevertheless is counted', () => {
  const found = of({
    run: 'order',
    at: [0, 100],
    status: 'failed',
    jobs: [
      {
        job: 'pay',
        at: [10, 50],
        status: 'failed',
        error: 'card declined',
        triggers: [
          {
            run: 'ship',
            at: [30, 90],
            status: 'failed',
            jobs: [{ job: 'book', at: [40, 80], status: 'failed', triggers: [{ run: 'bill', at: [60, 70] }] }],
          },
        ],
      },
      { job: 'audit', at: [10, 20] },
    ],
  })
  assert.deepEqual(told(found), ['job pay: ship, bill'])
  const [pay] = found.rootCauses.data
  assert.deepEqual([pay?.at, pay?.errorMessage, pay?.downstream.jobs], [at(50), 'card declined', 1])
  assert.deepEqual([pay?.downstream.failedInvocations, pay?.downstream.failedJobs], [1, 1])
  assert.equal(
    found.verdict,
    'Job pay of order failed first, at 2026-11-22T09:00:00.050000Z, and 2 invocations ran below it nevertheless, of which 1 failed.',
  )
})

test('root causes stand by time; one below a sound job is a cause of its own, though its invocation failed above', () => {
  const found = of({
    run: 'order',
    at: [0, 100],
    status: 'failed',
    jobs: [
      { job: 'pay', at: [10, 90], status: 'failed' },
      {
        job: 'reserve',
        at: [10, 30],
        triggers: [{ run: 'stock', at: [20, 60], status: 'timeout', error: 'too late' }],
      },
    ],
  })
  assert.deepEqual(told(found), ['invocation stock: ', 'job pay: '])
  assert.match(found.verdict, /^stock failed by itself first.*; 1 more failure has no failed job or handler above\.$/i)
})

test('a crashed handler is a root cause, and hidden if the invocation does not say so; jobs of its other handlers are not below it', () => {
  const found = of({
    run: 'order',
    at: [0, 100],
    crashed: 'order-placed',
    error: 'Handler crashed: no such customer',
    jobs: [
      { job: 'pay', at: [10, 20], event: 'order-placed', triggers: [{ run: 'ship', at: [15, 90], status: 'failed' }] },
      {
        job: 'log',
        at: [10, 20],
        event: 'audit-wanted',
        triggers: [{ run: 'archive', at: [16, 90], status: 'failed' }],
      },
    ],
  })
  assert.deepEqual(told(found), ['invocation archive: ', 'handler order-placed: ship'])
  assert.deepEqual(
    found.hiddenCrashes.data.map(({ eventName, message }) => [eventName, message]),
    [['order-placed', 'Handler crashed: no such customer']],
  )
  assert.match(found.verdict, /1 invocation crashed and does not say so\.$/)
})

test('nothing failed; what is stale is named, and a cut tree says that not all of it was read', () => {
  assert.equal(of({ run: 'order', at: [0, 100] }).verdict, 'Nothing failed.')
  const found = of({ run: 'order', at: [0, 100], jobs: [{ job: 'pay', at: [10] }] }, false)
  assert.deepEqual(
    found.stale.data.map(({ kind, name }) => [kind, name]),
    [['job', 'pay']],
  )
  assert.equal(
    found.verdict,
    'Nothing failed; 1 run is stale; the tree was cut, so this is said of the part that was read.',
  )
})

test(`of more root causes than ${SHOWN} the first are shown, and all are counted`, () => {
  const jobs = Array.from({ length: SHOWN + 7 }, (_, n) => ({
    job: `job ${n}`,
    at: [n, n + 5] as [number, number],
    status: 'failed',
  }))
  const { rootCauses, verdict } = of({ run: 'order', at: [0, 900], status: 'failed', jobs })
  assert.deepEqual([rootCauses.count, rootCauses.data.length], [SHOWN + 7, SHOWN])
  assert.match(verdict, /^Job job 0 of order failed first, .*; 106 more failures have no failed job/)
})

test('a chain of 5,000 below a failure', () => {
  let run: DrawnRun = { run: 'run 5000', at: [5000, 5001] }
  for (let n = 4999; n >= 0; n -= 1)
    run = {
      run: `run ${n}`,
      at: [n, n + 1],
      jobs: [{ job: `job ${n}`, at: [n, n + 1], status: 'failed', triggers: [run] }],
    }
  const found = of(run)
  assert.deepEqual([found.rootCauses.count, found.rootCauses.data[0]?.downstream.invocations], [1, 5000])
})
