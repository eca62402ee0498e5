import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { forest, insertForest, type Forest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode, type LinkMode } from '../support/link-modes.ts'
import * as reference from '../support/reference.ts'
import type { Service } from '../support/service.ts'
import { flat, type Head, type NestedTree } from '../support/trees.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

/** The trees of every eighth invocation, and of all that are on a cycle. */
async function everyTree(
  t: TestContext,
  { seed, mode }: { seed: number; mode: LinkMode },
  look: (shown: Service, start: string) => Promise<void>,
): Promise<void> {
  const rows = forest(seed, 110, at)
  const shown = await serviceInMode(t, mode, (pool) => insertForest(pool, rows))
  for (const start of starts(rows)) await look(shown, start)
}

function starts({ invocations, circular }: Forest): string[] {
  return invocations.map(({ id }) => id).filter((id, nth) => circular.includes(id) || nth % 8 === 0)
}

function expectedHead(
  id: string,
  { rootId, ancestors, rootOnCycle }: Awaited<ReturnType<typeof reference.lineage>>,
  fromRoot: boolean,
): Omit<Head, 'asOf'> {
  return {
    id: fromRoot ? rootId : id,
    rootId,
    rootReached: !rootOnCycle,
    rootLink: rootOnCycle ? 'recorded' : 'none',
    rootNamedJobId: null,
    ancestors: fromRoot ? [] : ancestors,
    omittedAncestors: 0,
  }
}

for (const { seed, mode } of seedsAndModes) {
  test(`trees are what plain SQL finds: nested, flat, as ndjson, from the root, by a job's id (forest of seed ${seed}, links ${mode})`, async (t) => {
    await everyTree(t, { seed, mode }, async ({ get, pool }, start) => {
      const lineage = await reference.lineage(pool, start)
      const [job] = await reference.jobs(pool, `j.invocation_id = '${start}'`)
      for (const [id, fromRoot] of [
        [start, false],
        [start, true],
        [job?.id ?? start, false],
      ] as const) {
        const head = expectedHead(start, lineage, fromRoot)
        const onCycle = fromRoot ? lineage.rootOnCycle : lineage.onCycle
        const expected = (await reference.tree(pool, head.id)).map(({ node, parentId, depth }) =>
          Object.assign(node, { parentId, depth }, onCycle && depth === 0 ? { cycle: true } : {}),
        )
        const query = `/trees/${id}?include=events${fromRoot ? '&from=root' : ''}`

        const {
          json: { asOf: _at, tree, summary, truncated, ...nestedHead },
        } = await get<NestedTree>(query)
        assert.deepEqual(nestedHead, head, query)
        assert.deepEqual(flat(tree), expected, query)
        assert.deepEqual(
          { truncated, complete: summary.complete, invocations: summary.invocations },
          { truncated: null, complete: true, invocations: expected.length },
        )

        const {
          json: { asOf: _later, nodes, ...figures },
        } = await get<Head & { nodes: unknown[] }>(`${query}&shape=flat`)
        assert.deepEqual(figures, { ...head, summary, truncated }, query)
        assert.deepEqual(nodes, expected, query)

        const { text } = await get(`${query}&format=ndjson`)
        const [first, ...rest] = text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
        assert.deepEqual(first, { type: 'tree', ...head, asOf: first?.['asOf'] }, query)
        assert.deepEqual(rest.pop(), { type: 'end', summary, truncated: null }, query)
        assert.deepEqual(
          rest,
          expected.map((node) => Object.assign(node, { type: 'node' })),
          query,
        )
      }
    })
  })

  test(`the text form draws the same tree, depth first (forest of seed ${seed}, links ${mode})`, async (t) => {
    await everyTree(t, { seed, mode }, async ({ get, pool }, start) => {
      const members = await reference.tree(pool, start)
      const { rootOnCycle } = await reference.lineage(pool, start)
      const lines = (await get(`/trees/${start}?format=text`)).text.split('\n')
      assert.equal(
        lines.length,
        members.length + (rootOnCycle ? 4 : 3),
        'an invocation a line, an empty one, the figures, what stands above a cycle, and the last line break',
      )
      const drawn = lines
        .slice(0, members.length)
        .map((line) => ({ id: line.slice(-36), depth: /^ */.exec(line)?.[0].length ?? 0 }))
      assert.deepEqual(
        drawn.map(({ id, depth }) => ({ id, depth: depth / 2 })),
        depthFirst(members),
      )
    })
  })
}

/** Below each invocation what its jobs triggered: jobs by start, and below a job by (created_at, id), as the members come. */
function depthFirst(members: reference.Member[]): Array<{ id: string; depth: number }> {
  const drawn: Array<{ id: string; depth: number }> = []
  const open = members.slice(0, 1)
  for (let member = open.pop(); member; member = open.pop()) {
    const { id, depth, node } = member
    drawn.push({ id, depth })
    open.push(
      ...node.jobs
        .flatMap((job) => members.filter((other) => other.depth > 0 && other.node['sourceJobId'] === job.id))
        .reverse(),
    )
  }
  return drawn
}
