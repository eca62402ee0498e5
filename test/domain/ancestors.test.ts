import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { lineage, type AncestorRow } from '../../src/domain/tree/ancestors.ts'

interface Shape {
  /** Invocations from the start up to the root, or up to where the climb returns. */
  length: number
  /** How many of them, the last ones, are a circle; 0 where the climb ends at a root. */
  circle: number
  /** Instants by invocation: few, so that they tie. */
  times: number[]
  /** Ids by invocation, in any order. */
  ids: string[]
}

const shapes: fc.Arbitrary<Shape> = fc.integer({ min: 1, max: 12 }).chain((length) =>
  fc.record({
    length: fc.constant(length),
    circle: fc.integer({ min: 0, max: length }),
    times: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: length, maxLength: length }),
    ids: fc.uniqueArray(fc.uuid(), { minLength: length, maxLength: length }),
  }),
)

/** What the climb reads: the start, then each parent with the job that leads to the one below; a circle's first member comes again by its other job. */
function climb({ length, circle, times, ids }: Shape): AncestorRow[] {
  const jobAbove = (n: number) => (n < length - 1 ? `job ${n}` : circle > 0 ? 'job back' : null)
  const row = (n: number, jobId: string | null): AncestorRow => ({
    id: ids[n] ?? '',
    sourceFunction: `f${n}`,
    createdAt: `2026-11-22 09:00:00.00000${times[n]}+00`,
    sourceJobId: jobAbove(n),
    jobId,
    jobName: jobId,
  })
  const rows = ids.map((_, n) => row(n, n === 0 ? null : `job ${n - 1}`))
  return circle > 0 ? [...rows, row(length - circle, 'job back')] : rows
}

const climbs = shapes.chain((shape) => {
  const rows = climb(shape)
  return fc.tuple(fc.constant(shape), fc.shuffledSubarray(rows, { minLength: rows.length }))
})

test('the way up ends at the root, or at the least (createdAt, id) of the circle that it runs into, whatever the order of the rows', () => {
  fc.assert(
    fc.property(climbs, ([shape, rows]) => {
      const { length, circle, ids, times } = shape
      const [start = ''] = ids
      const found = lineage(start, rows)
      const members = ids.map((id, n) => ({ n, key: `${times[n]} ${id}` })).slice(circle > 0 ? -circle : -1)
      const root = members.reduce((least, member) => (member.key < least.key ? member : least))
      assert.equal(found.rootId, ids[root.n])
      assert.deepEqual([found.cycle, found.rootCycle, found.omittedAncestors], [circle === length, circle > 0, 0])
      assert.deepEqual(
        found.ancestors,
        ids
          .slice(1, root.n + 1)
          .map((id, n) => ({ invocationId: id, sourceFunction: `f${n + 1}`, jobId: `job ${n}`, jobName: `job ${n}` }))
          .reverse(),
      )
    }),
    { numRuns: 1000 },
  )
})

test('of more than 1,000 ancestors the root and the nearest 999 stay', () => {
  fc.assert(
    fc.property(fc.integer({ min: 990, max: 1100 }), (length) => {
      const ids = Array.from({ length }, (_, n) => `id ${n}`)
      const { ancestors, omittedAncestors, rootId } = lineage(
        'id 0',
        climb({ length, circle: 0, times: ids.map(() => 0), ids }),
      )
      assert.deepEqual([rootId, omittedAncestors], [ids.at(-1), Math.max(0, length - 1001)])
      assert.deepEqual(
        ancestors.map(({ invocationId }) => invocationId),
        [...ids.slice(-1), ...ids.slice(1, Math.min(length - 1, 1000)).reverse()],
      )
    }),
    { numRuns: 20 },
  )
})
