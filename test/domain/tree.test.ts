import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { survey } from '../../src/domain/summary.ts'
import { node, type TreeRow } from '../../src/domain/tree-row.ts'
import { treeLines } from '../../src/domain/tree-text.ts'
import { plant } from '../../src/domain/tree.ts'
import { instantOf } from '../support/forest.ts'
import { flat, type TreeNode } from '../support/trees.ts'

const at = Date.parse('2026-11-22T09:00:00Z') * 1000
const bounds = { maxDepth: 1000, maxNodes: 1000, maxJobs: 1000, events: false }
const idOf = (n: number, kind: number) => `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const statuses = fc.constantFrom('completed' as const, 'failed' as const, 'running' as const)
const ms = fc.option(fc.integer({ min: 0, max: 5000 }))
/** Few instants, so that ties are many. */
const starts = fc.integer({ min: 0, max: 5 }).map((us) => instantOf(at + us).replace('T', ' ').replace('Z', '+00'))
const jobs = fc.array(fc.tuple(starts, statuses, ms), { maxLength: 3 })
const shapes = fc.array(fc.record({ parent: fc.nat(), job: fc.nat(), createdAt: starts, status: statuses, durationMs: ms, jobs }), { minLength: 1, maxLength: 40 })

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never

/** Rows of a tree: each but the first hangs below a job of an earlier one, if that has any. */
function rowsOf(shape: Shape): TreeRow[] {
  const rows: TreeRow[] = []
  for (const [n, { parent, job, createdAt, status, durationMs, jobs }] of shape.entries()) {
    const above = rows.filter((row) => row.jobs && row.jobs.length > 0).at(n === 0 ? 0 : parent % Math.max(1, rows.length))
    if (n > 0 && !above) continue
    rows.push({
      id: idOf(n, 1), depth: above ? above.depth + 1 : 0, parentId: above?.id ?? null, createdAt, status, durationMs, sourceJobId: above?.jobs?.at(job % above.jobs.length)?.[0] ?? null,
      sourceFunction: `f${n}`, sourceTable: null, sourceOperation: null, sourceSystem: null, sourceEventId: null, sourceEventTime: null, correlationId: null,
      eventsDetected: 0, jobsRun: 0, jobsSucceeded: 0, jobsFailed: 0, errorMessage: null, version: '1', seen: 0, size: 1, jobsInAll: null, omitted: 0,
      jobs: jobs.map(([createdAt, status, durationMs], j) => [idOf(n * 10 + j, 2), `j${j}`, null, status, durationMs, createdAt, null, idOf(0, 3), '1']),
    })
  }
  return rows
}

/** Rows, and the same in another order. */
const trees = shapes.map(rowsOf).chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })))

test('any order of rows gives the same tree, and nothing is lost', () => {
  fc.assert(fc.property(trees, ([rows, turned]) => {
    const tree = plant(rows.map(node), new Map())
    assert.deepEqual(plant(turned.map(node), new Map()), tree)
    const members = flat(tree as unknown as TreeNode)
    assert.deepEqual(members.map(({ id, depth }) => [id, depth]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)), rows.map(({ id, depth }) => [id, depth]))
  }))
})

test('siblings stand by (createdAt, id) below the job that triggered them', () => {
  fc.assert(fc.property(trees, ([rows, turned]) => {
    const open = [plant(turned.map(node), new Map())]
    for (let branch = open.pop(); branch; branch = open.pop()) {
      for (const job of branch.jobs) {
        const expected = rows.filter(({ sourceJobId }) => sourceJobId === job.id).map(({ createdAt, id }) => `${createdAt} ${id}`).sort((a, b) => (a < b ? -1 : 1))
        assert.deepEqual(job.triggered.map(({ id }) => id), expected.map((key) => key.slice(-36)))
        open.push(...job.triggered)
      }
    }
  }))
})

test('without a start there is no tree', () => {
  assert.equal(plant([], new Map()), undefined)
})

test('the text has a line for each invocation, however deep', () => {
  fc.assert(fc.property(trees, ([rows]) => {
    const found = survey(bounds)
    const nodes = rows.map((row) => {
      const shown = node(row)
      found.add(row, shown)
      return shown
    })
    const tree = plant(nodes, new Map())
    assert.ok(tree)
    const lines = [...treeLines(tree, found.summary(), null)].join('').split('\n')
    assert.deepEqual(lines.slice(0, -3).map((line) => line.slice(-36)).sort((a, b) => (a < b ? -1 : 1)), rows.map(({ id }) => id))
  }))
})

test('the figures of a tree are those of its rows, counted plainly, in any order', () => {
  fc.assert(fc.property(trees, ([rows, turned]) => {
    const found = survey(bounds)
    for (const row of turned) found.add(row, node(row))
    const all = rows.flatMap((row) => [row, ...(row.jobs ?? []).map(([id, , , status, durationMs, createdAt]) => ({ id, status, durationMs, createdAt }))])
    const from = all.map(({ createdAt }) => microsOf(createdAt))
    const to = all.map(({ createdAt, durationMs }) => microsOf(createdAt) + (durationMs ?? 0) * 1000)
    const running = all.filter(({ status }) => status === 'running').length
    const [first, last] = [Math.min(...from), Math.max(...to)]
    const failed = all.filter(({ status }) => status === 'failed').map(({ id }) => id[0])
    assert.deepEqual(found.summary(), {
      complete: true, invocations: rows.length, jobs: all.length - rows.length, failedInvocations: failed.filter((kind) => kind === '1').length, failedJobs: failed.filter((kind) => kind === '2').length,
      running, maxDepth: Math.max(...rows.map(({ depth }) => depth)), startedAt: instantOf(first), endedAt: running > 0 ? null : instantOf(last), durationMs: running > 0 ? null : (last - first) / 1000,
    })
    assert.equal(found.truncated(), null)
  }))
})

function microsOf(text: string): number {
  return Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`) * 1000 + Number(text.slice(23, 26))
}
