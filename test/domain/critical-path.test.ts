import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { criticalPath, type CriticalPath } from '../../src/domain/critical-path/critical-path.ts'
import { at, drawn, drawnClock, type DrawnJob, type DrawnRun } from '../support/drawn-tree.ts'

/** A path as a person reads it: `working order 0-100`, in ms since the start of the drawing. */
function told({ segments }: CriticalPath): string[] {
  return segments.map(({ kind, name, startedAt, endedAt, by, since, clockSkewMs }) =>
    [
      `${kind} ${name} ${ms(startedAt)}-${ms(endedAt)}`,
      by === 'time' ? 'by time' : '',
      since ?? '',
      clockSkewMs === null ? '' : `skew ${clockSkewMs}`,
    ]
      .filter((part) => part !== '')
      .join(', '),
  )
}

const ms = (instant: string): number => Date.parse(instant) - Date.parse(at(0))
const pathOf = (root: DrawnRun, now = 1_000_000): CriticalPath => criticalPath(drawn(root, drawnClock(now)), at(now))

test('overlap: a job goes on after it has triggered, and what it triggered outlives both; nothing is cut off at its parent', () => {
  // order   |0====================300|
  //   pay      |50=============250|
  //   ship               |120===================500|        event at 100
  const path = pathOf({
    run: 'order',
    at: [0, 300],
    jobs: [{ job: 'pay', at: [50, 250], triggers: [{ run: 'ship', at: [120, 500], event: 100 }] }],
  })
  assert.deepEqual(told(path), [
    'working order 0-50',
    'working pay 50-100',
    'waiting ship 100-120, event',
    'working ship 120-500',
  ])
  assert.deepEqual(
    path.segments.map(({ share }) => share),
    [0.1, 0.1, 0.04, 0.76],
  )
  assert.deepEqual(
    { ...path, segments: [] },
    {
      open: false,
      clockSkew: false,
      startedAt: at(0),
      endedAt: at(500),
      durationMs: 500,
      workingMs: 480,
      waitingMs: 20,
      segments: [],
    },
  )
})

test('fan-in by time: a job that begins when the last of others has ended comes after that one, and says that it is by time', () => {
  // order |0================================100|
  //   a     |10====30|
  //   b     |10===========60|
  //   c                      |65=====90|
  const path = pathOf({
    run: 'order',
    at: [0, 100],
    jobs: [
      { job: 'a', at: [10, 30] },
      { job: 'b', at: [10, 60] },
      { job: 'c', at: [65, 90] },
    ],
  })
  assert.deepEqual(told(path), [
    'working order 0-10',
    'working b 10-60',
    'working order 60-65, by time',
    'working c 65-90',
    'working order 90-100, by time',
  ])
  const beside = path.segments.map(({ siblings }) => siblings.data.map(({ name, slackMs }) => [name, slackMs]))
  assert.deepEqual(beside, [[], [], [], [['a', 30]], []], 'a could have ended with b')
})

test('a wait longer than all work: the event stood in a queue for ten seconds', () => {
  // order |0==20|
  //   pay   |5=15|
  //   ship                       |10015===10020|
  const path = pathOf({
    run: 'order',
    at: [0, 20],
    jobs: [{ job: 'pay', at: [5, 15], triggers: [{ run: 'ship', at: [10_015, 10_020] }] }],
  })
  assert.deepEqual(told(path), [
    'working order 0-5',
    'working pay 5-15',
    'waiting ship 15-10015, job-end',
    'working ship 10015-10020',
  ])
  assert.deepEqual([path.workingMs, path.waitingMs], [20, 10_000])
})

test('an open tree ends at asOf: what has run longest leads there, and says that it is open', () => {
  const path = pathOf(
    {
      run: 'order',
      at: [0, 40],
      jobs: [{ job: 'pay', at: [5, 30], triggers: [{ run: 'ship', at: [25], jobs: [{ job: 'book', at: [35] }] }] }],
    },
    235,
  )
  assert.deepEqual(told(path), ['working order 0-5', 'working pay 5-25', 'working ship 25-35', 'working book 35-235'])
  assert.deepEqual([path.open, path.endedAt, path.durationMs], [true, at(235), 235])
})

test('what is stale has no end: its tree is open too; a job that was forgotten in an invocation that has ended is not waited for', () => {
  const dead: DrawnRun = { run: 'order', at: [0], jobs: [{ job: 'pay', at: [5] }] }
  const path = criticalPath(drawn(dead, drawnClock(900, at(800))), at(900))
  assert.deepEqual([path.open, told(path)], [true, ['working order 0-5', 'working pay 5-900']])
  assert.equal(path.segments[1]?.stale, true)
  const forgotten = pathOf({ run: 'order', at: [0, 50], jobs: [{ job: 'pay', at: [5] }] })
  assert.deepEqual([forgotten.open, told(forgotten)], [false, ['working order 0-50']])
})

test('clock skew: what was triggered began before its job did; no segment is negative, and it is said', () => {
  // order |0==============100|
  //   pay           |60====90|     its host is 40 ms ahead
  //   ship    |20==============400|
  const path = pathOf({
    run: 'order',
    at: [0, 100],
    jobs: [{ job: 'pay', at: [60, 90], triggers: [{ run: 'ship', at: [20, 400], event: 15 }] }],
  })
  assert.deepEqual(told(path), ['working order 0-20', 'working pay 20-20, skew 40', 'working ship 20-400'])
  assert.deepEqual([path.clockSkew, path.durationMs], [true, 400])
})

test('slack: what runs beside may take longer up to the end of the path, or of the job that was waited for', () => {
  const path = pathOf({
    run: 'order',
    at: [0, 100],
    jobs: [
      { job: 'audit', at: [10, 20], triggers: [{ run: 'log', at: [20, 350] }] },
      {
        job: 'pay',
        at: [10, 90],
        triggers: [
          { run: 'ship', at: [30, 400] },
          { run: 'mail', at: [30, 150] },
        ],
      },
    ],
  })
  const beside = new Map(
    path.segments.map(({ name, siblings }) => [name, siblings.data.map((each) => [each.name, each.slackMs])]),
  )
  assert.deepEqual(beside.get('ship'), [['mail', 250]])
  assert.deepEqual(beside.get('pay'), [['audit', 50]], 'what audit led to ended 50 ms before the path')
})

test('an event time that the job cannot have written at does not count', () => {
  const tree = (event: number): DrawnRun => ({
    run: 'order',
    at: [0, 60],
    jobs: [{ job: 'pay', at: [10, 50], triggers: [{ run: 'ship', at: [70, 90], event }] }],
  })
  for (const event of [5, 71, 60])
    assert.equal(told(pathOf(tree(event)))[2], 'waiting ship 50-70, job-end', `event at ${event}`)
  assert.equal(told(pathOf(tree(40)))[2], 'waiting ship 40-70, event')
})

test('a job that took no time stands once; one that still runs has not handed over at its end, though the clock of the database is behind', () => {
  const instantly = pathOf({
    run: 'order',
    at: [0, 20],
    jobs: [{ job: 'pay', at: [10, 10], triggers: [{ run: 'ship', at: [10, 50] }] }],
  })
  assert.deepEqual(told(instantly), ['working order 0-10', 'working pay 10-10', 'working ship 10-50'])
  const behind = pathOf(
    { run: 'order', at: [0], jobs: [{ job: 'pay', at: [10], triggers: [{ run: 'ship', at: [60, 90] }] }] },
    40,
  )
  assert.deepEqual(told(behind), ['working order 0-10', 'working pay 10-60', 'working ship 60-90'])
})

const span = fc.tuple(fc.integer({ min: -50, max: 200 }), fc.option(fc.integer({ min: -5, max: 300 }), { freq: 8 }))
const spanAt = ([start, took]: [number, number | null]): [number, number?] =>
  took === null ? [start] : [start, start + took]

/** Random trees of up to 40 invocations, starts and ends in any order: clocks are as wrong as they can be. */
const trees = fc
  .array(
    fc.record({
      parent: fc.nat(),
      job: fc.nat(),
      span,
      event: fc.option(fc.integer({ min: -50, max: 400 })),
      status: fc.constantFrom(undefined, 'failed', 'completed', 'cancelled'),
      jobs: fc.array(fc.record({ span, status: fc.constantFrom(undefined, 'failed', 'completed') }), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((shapes): DrawnRun => {
    const runs: Array<DrawnRun & { jobs: DrawnJob[] }> = []
    for (const [n, { parent, job, span, event, status, jobs }] of shapes.entries()) {
      const run: DrawnRun & { jobs: DrawnJob[] } = {
        run: `run ${n}`,
        at: spanAt(span),
        ...(event === null ? {} : { event }),
        ...(status === undefined ? {} : { status }),
        jobs: jobs.map((each, nth): DrawnJob =>
          Object.assign(
            { job: `job ${n}.${nth}`, at: spanAt(each.span), triggers: [] },
            each.status === undefined ? {} : { status: each.status },
          ),
        ),
      }
      const above = runs.filter((other) => other.jobs.length > 0)
      const from = above.at(parent % Math.max(1, above.length))?.jobs
      const cause = from?.at(job % from.length)
      if (n > 0 && cause === undefined) continue
      cause?.triggers?.push(run)
      runs.push(run)
    }
    return runs[0] as DrawnRun
  })

test('shares sum to 1, segments follow each other without a gap from the start to the last end, and none is negative', () => {
  fc.assert(
    fc.property(trees, fc.integer({ min: 0, max: 1000 }), (root, now) => {
      const nodes = drawn(root, drawnClock(now))
      const path = criticalPath(nodes, at(now))
      const { segments, startedAt, endedAt, durationMs, workingMs, waitingMs } = path
      assert.equal(segments[0]?.startedAt, startedAt)
      assert.equal(segments.at(-1)?.endedAt, endedAt)
      for (const [n, segment] of segments.entries()) {
        assert.ok(segment.durationMs >= 0)
        assert.equal(segment.endedAt, segments[n + 1]?.startedAt ?? endedAt)
        assert.equal(segment.by === 'start', n === 0)
        assert.ok((segment.clockSkewMs ?? 1) > 0)
        for (const { slackMs } of segment.siblings.data) assert.ok((slackMs ?? 0) >= 0)
      }
      const sum = segments.reduce((all, { share }) => all + share, 0)
      assert.ok(durationMs === 0 ? sum === 0 : Math.abs(sum - 1) < 1e-9, `${sum}`)
      assert.equal(workingMs + waitingMs, durationMs)
      const ends = nodes
        .flatMap(({ createdAt, endedAt: end, jobs }) =>
          jobs.flatMap((job) => [job.startedAt, job.endedAt]).concat(createdAt, end),
        )
        .filter((end) => end !== null)
      const latest = ends.toSorted().at(-1) ?? ''
      if (path.open) assert.ok(String(endedAt) >= latest)
      else assert.equal(endedAt, latest)
    }),
    { numRuns: 300 },
  )
})

test('the order of siblings does not matter', () => {
  fc.assert(
    fc.property(trees, (root) => {
      const nodes = drawn(root, drawnClock(500))
      const turned = nodes
        .toReversed()
        .toSorted((a, b) => a.depth - b.depth)
        .map((node) => Object.assign(structuredClone(node), { jobs: node.jobs.toReversed() }))
      assert.deepEqual(criticalPath(turned, at(500)), criticalPath(nodes, at(500)))
    }),
  )
})

test('a chain that is 5,000 deep', () => {
  let run: DrawnRun = { run: 'run 5000', at: [50_000, 50_008] }
  for (let n = 4999; n >= 0; n -= 1)
    run = {
      run: `run ${n}`,
      at: [n * 10, n * 10 + 8],
      jobs: [{ job: `job ${n}`, at: [n * 10 + 1, n * 10 + 7], triggers: [run] }],
    }
  const { segments, durationMs, workingMs } = pathOf(run)
  assert.equal(segments.length, 5000 * 3 + 1)
  assert.deepEqual([durationMs, workingMs], [50_008, 50_008 - 5000 * 3])
})
