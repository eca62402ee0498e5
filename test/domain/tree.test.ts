import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { summarize } from '../../src/domain/tree/summary.ts'
import { node, treeJob, type Node, type Parts } from '../../src/domain/tree/node.ts'
import type { NodeRow } from '../../src/domain/tree/row.ts'
import { treeLines } from '../../src/http/forms/tree-text.ts'
import { nest } from '../../src/domain/tree/nest.ts'
import { instantOf } from '../support/forest.ts'
import { flat, type TreeNode } from '../support/trees.ts'

const at = Date.parse('2026-11-22T09:00:00Z') * 1000
const bounds = { maxDepth: 1000, maxNodes: 1000, maxJobs: 1000, events: false }
const idOf = (n: number, kind: number) => `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const statuses = fc.constantFrom('completed' as const, 'failed' as const, 'running' as const)
const ms = fc.option(fc.integer({ min: 0, max: 5000 }))
/** Few instants, so that ties are many. */
const starts = fc.integer({ min: 0, max: 5 }).map((us) =>
  instantOf(at + us)
    .replace('T', ' ')
    .replace('Z', '+00'),
)
const jobs = fc.array(fc.tuple(starts, statuses, ms), { maxLength: 3 })
const shapes = fc.array(
  fc.record({ parent: fc.nat(), job: fc.nat(), createdAt: starts, status: statuses, durationMs: ms, jobs }),
  { minLength: 1, maxLength: 40 },
)

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never

/** Since so long that nothing is stale. */
const clock = { asOf: '2026-11-22T10:00:00.000000Z', silentSince: '-infinity' }

/** Members of a tree: each but the first hangs below a job of an earlier one, if that has any. */
function membersOf(shape: Shape): Array<{ member: NodeRow; parts: Parts }> {
  const members: Array<{ member: NodeRow; parts: Parts }> = []
  for (const [n, { parent, job, createdAt, status, durationMs, jobs }] of shape.entries()) {
    const [of, took] = [status, durationMs]
    const above = members
      .filter(({ parts }) => parts.jobs.length > 0)
      .at(n === 0 ? 0 : parent % Math.max(1, members.length))
    if (n > 0 && !above) continue
    const cause = above?.parts.jobs.at(job % above.parts.jobs.length)?.id
    members.push({
      member: {
        id: idOf(n, 1),
        depth: above ? above.member.depth + 1 : 0,
        size: 1,
        parentId: above?.member.id ?? null,
        createdAt,
        updatedAt: createdAt,
        signOfLife: status === 'running' && durationMs === null ? createdAt : null,
        sourceJobId: cause ?? null,
        durationMs,
        status,
        sourceFunction: `f${n}`,
        sourceTable: null,
        sourceOperation: null,
        sourceSystem: null,
        sourceEventId: null,
        sourceEventTime: null,
        eventsDetected: 0,
        jobsRun: null,
        correlationId: null,
        errorMessage: null,
        state: '',
      },
      parts: {
        triggeredBy: null,
        jobsInAll: null,
        omitted: 0,
        below: 0,
        crash: null,
        jobs: jobs.map(([createdAt, status, durationMs], j) =>
          treeJob(
            {
              id: idOf(n * 10 + j, 2),
              invocationId: idOf(n, 1),
              eventExecutionId: idOf(0, 3),
              createdAt,
              durationMs,
              status,
              name: `j${j}`,
              functionName: null,
              errorMessage: null,
              state: '',
            },
            { status: of, durationMs: took, signOfLife: createdAt },
            'first-line',
            clock,
          ),
        ),
      },
    })
  }
  return members
}

const nodesOf = (members: Array<{ member: NodeRow; parts: Parts }>): Node[] =>
  members.map(({ member, parts }) =>
    node(member, { ...parts, jobs: parts.jobs.map((job) => ({ ...job })) }, 'first-line', clock),
  )

/** Members, and the same in another order. */
const trees = shapes
  .map(membersOf)
  .chain((members) => fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })))

test('any order of rows gives the same tree, and nothing is lost', () => {
  fc.assert(
    fc.property(trees, ([rows, turned]) => {
      const tree = nest(nodesOf(rows), new Map())
      assert.deepEqual(nest(nodesOf(turned), new Map()), tree)
      const members = flat(tree as unknown as TreeNode)
      assert.deepEqual(
        members.map(({ id, depth }) => [id, depth]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
        rows.map(({ member: { id, depth } }) => [id, depth]),
      )
    }),
  )
})

test('siblings stand by (createdAt, id) below the job that triggered them', () => {
  fc.assert(
    fc.property(trees, ([rows, turned]) => {
      const open = [nest(nodesOf(turned), new Map())]
      for (let branch = open.pop(); branch; branch = open.pop()) {
        for (const job of branch.jobs) {
          const expected = rows
            .filter(({ member }) => member.sourceJobId === job.id)
            .map(({ member: { id, createdAt } }) => `${createdAt} ${id}`)
            .sort((a, b) => (a < b ? -1 : 1))
          assert.deepEqual(
            job.triggered.map(({ id }) => id),
            expected.map((key) => key.slice(-36)),
          )
          open.push(...job.triggered)
        }
      }
    }),
  )
})

test('without a start there is no tree', () => {
  assert.equal(nest([], new Map()), undefined)
})

test('the text has a line for each invocation, however deep', () => {
  fc.assert(
    fc.property(trees, ([rows]) => {
      const found = summarize(bounds)
      const nodes = nodesOf(rows)
      for (const [n, { parts }] of rows.entries()) found.add(nodes[n] as Node, parts)
      const tree = nest(nodes, new Map())
      assert.ok(tree)
      const lines = [...treeLines(tree, found.summary(), null)].join('').split('\n')
      assert.deepEqual(
        lines
          .slice(0, -3)
          .map((line) => line.slice(-36))
          .sort((a, b) => (a < b ? -1 : 1)),
        rows.map(({ member }) => member.id),
      )
    }),
  )
})

test('the figures of a tree are those of its rows, counted plainly, in any order', () => {
  fc.assert(
    fc.property(trees, ([rows, turned]) => {
      const found = summarize(bounds)
      for (const [n, shown] of nodesOf(turned).entries()) found.add(shown, turned[n]?.parts as Parts)
      const all: Array<{ id: string; status: string; durationMs: number | null; createdAt: string }> = []
      for (const shown of nodesOf(rows))
        all.push(shown, ...shown.jobs.map((job) => Object.assign(job, { createdAt: job.startedAt })))
      const from = all.map(({ createdAt }) => microsOf(createdAt))
      const to = all.map(({ createdAt, durationMs }) => microsOf(createdAt) + (durationMs ?? 0) * 1000)
      // In these nothing is silent: stale is what has a duration, and jobs in what runs no more.
      const lives = ({ status, durationMs }: { status: string; durationMs: number | null }): boolean =>
        status === 'running' && durationMs === null
      const nodes = nodesOf(rows)
      const running = all.filter(({ status }) => status === 'running').length
      const open = nodes.some(({ status }) => status === 'running')
      const runningInvocations = nodes.filter(lives).length
      const runningJobs = nodes.filter(lives).flatMap(({ jobs }) => jobs.filter(lives)).length
      const [first, last] = [Math.min(...from), Math.max(...to)]
      const failed = all.filter(({ status }) => status === 'failed').map(({ id }) => id[0])
      assert.deepEqual(found.summary(), {
        complete: true,
        invocations: rows.length,
        jobs: all.length - rows.length,
        failedInvocations: failed.filter((kind) => kind === '1').length,
        failedJobs: failed.filter((kind) => kind === '2').length,
        running: runningInvocations + runningJobs,
        runningInvocations,
        runningJobs,
        stale: running - runningInvocations - runningJobs,
        maxDepth: Math.max(...rows.map(({ member }) => member.depth)),
        startedAt: instantOf(first),
        endedAt: open ? null : instantOf(last),
        durationMs: open ? null : (last - first) / 1000,
      })
      assert.equal(found.truncated(), null)
    }),
  )
})

function microsOf(text: string): number {
  return Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`) * 1000 + Number(text.slice(23, 26))
}
