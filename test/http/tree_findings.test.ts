import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { referenceCauses } from '../support/cascade.ts'
import { referencePath, type ReferenceSegment } from '../support/critical-path.ts'
import { forest, insertForest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode, type LinkMode } from '../support/link-modes.ts'
import * as reference from '../support/reference.ts'
import type { Service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface PathAnswer {
  asOf: string
  open: boolean
  endedAt: string
  segments: Array<ReferenceSegment & { share: number }>
  truncated: unknown
}

interface FailuresAnswer {
  verdict: string
  rootCauses: {
    count: number
    data: Array<{
      kind: string
      id: string
      downstream: { invocations: number; jobs: number; data: Array<{ id: string }> }
    }>
  }
}

/** Every eighth invocation, and all that are on a cycle. */
async function everyTree(
  t: TestContext,
  { seed, mode }: { seed: number; mode: LinkMode },
  look: (shown: Service, start: string, members: reference.Member[]) => Promise<void>,
): Promise<void> {
  const rows = forest(seed, 110, at)
  const shown = await serviceInMode(t, mode, (pool) => insertForest(pool, rows))
  const starts = rows.invocations.filter(({ id }, nth) => rows.circular.includes(id) || nth % 8 === 0)
  for (const { id } of starts) await look(shown, id, await reference.tree(shown.pool, id))
}

for (const { seed, mode } of seedsAndModes) {
  test(`critical paths are what a person finds on paper (forest of seed ${seed}, links ${mode})`, async (t) => {
    await everyTree(t, { seed, mode }, async ({ get }, start, members) => {
      const path = `/trees/${start}/critical-path`
      const { json } = await get<PathAnswer>(path)
      assert.deepEqual(
        json.segments.map(({ kind, id, startedAt, endedAt, by }) => ({ kind, id, startedAt, endedAt, by })),
        referencePath(members, json.asOf),
        path,
      )
      const sum = json.segments.reduce((all, { share }) => all + share, 0)
      assert.ok(Math.abs(sum - 1) < 1e-9 || json.segments.every(({ share }) => share === 0), `${path}: ${sum}`)
      const { text } = await get(`${path}?format=text`)
      const lines = text.split('\n\n')[0]?.split('\n') ?? []
      assert.deepEqual(
        lines.map((line) => line.slice(-36)),
        json.segments.map(({ id }) => id),
        'a line a segment',
      )
    })
  })

  test(`root causes, and what ran below them, are what a climb from each failure finds (forest of seed ${seed}, links ${mode})`, async (t) => {
    await everyTree(t, { seed, mode }, async ({ get }, start, members) => {
      const path = `/trees/${start}/failures`
      const { json } = await get<FailuresAnswer>(path)
      const expected = referenceCauses(members)
      assert.equal(json.rootCauses.count, expected.length, path)
      assert.deepEqual(
        json.rootCauses.data.map(({ kind, id, downstream: { invocations, jobs, data } }) => ({
          kind,
          id,
          jobs,
          count: invocations,
          invocations: data.map((each) => each.id),
        })),
        expected.slice(0, 100).map(({ kind, id, jobs, invocations }) => ({
          kind,
          id,
          jobs,
          count: invocations.length,
          invocations: invocations.slice(0, 20),
        })),
        path,
      )
    })
  })
}
