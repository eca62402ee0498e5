import assert from 'node:assert/strict'
import test from 'node:test'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { linkWriter } from '../support/links.ts'
import { service } from '../support/service.ts'
import type { Head } from '../support/trees.ts'
import { writersForest, type WritersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'
import type { Transport } from '../support/writers/rows.ts'

const HOUR = 3_600_000
const transports: Transport[] = ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs']

interface FlatTree extends Omit<Head, 'ancestors'> {
  ancestors: Array<{ invocationId: string }>
  nodes: Array<{ id: string; parentId: string | null; link: string }>
}

/** The invocation above each one, by what really happened: as far as its rows tell, or as a token says that somebody left alone within LINK_MAX_AGE. */
function parents({ rows, truth }: WritersForest): Map<string, string> {
  const ranIn = new Map(rows.jobs.map(({ id, invocation_id }) => [id, invocation_id]))
  const above = new Map<string, string>()
  for (const { id, source_job_id } of rows.invocations) {
    const { parentJob, places, stale } = truth.invocations.get(id) ?? assert.fail(id)
    const named = places.length > 0 && (stale?.afterMs ?? 0) < HOUR ? (stale?.jobId ?? parentJob) : null
    const parent = ranIn.get(source_job_id ?? named ?? '')
    if (parent !== undefined) above.set(id, parent)
  }
  return above
}

function climb(above: ReadonlyMap<string, string>, id: string): string[] {
  const path: string[] = []
  for (let next = above.get(id); next !== undefined; next = above.get(next)) path.unshift(next)
  return path
}

for (const transport of transports) {
  test(`from any invocation or job of ${transport} its tree has the ancestors, the root, and all that followed`, async (t) => {
    const { get, pool, url } = await service(t)
    const forest = writersForest({ seed: 5, deliveries: 70, transports: [transport], now: Date.now() })
    await insertWriters(pool, forest)
    const { writer, lease } = await linkWriter(t, url)
    const { signal } = new AbortController()
    const examiner = examinerOf({ maxAge: HOUR, paths: [] })
    const all = { from: null, to: null }
    await scanLinks({ writer, examiner, window: all, signal }, { lease, name: 'test' })

    const above = parents(forest)
    const ids = forest.rows.invocations.map(({ id }) => id)
    const rootOf = new Map(ids.map((id) => [id, climb(above, id)[0] ?? id]))
    const starts = [
      ...ids.map((id) => [id, id] as const),
      ...forest.rows.jobs.map(({ id, invocation_id }) => [id, invocation_id] as const),
    ]
    for (const [start, id] of starts) {
      const path = climb(above, id)
      const own = (await get<FlatTree>(`/trees/${start}?maxDepth=0&shape=flat`)).json
      assert.deepEqual([own.id, own.ancestors.map((each) => each.invocationId)], [id, path], start)
      const whole = (await get<FlatTree>(`/trees/${start}?from=root&shape=flat`)).json
      const root = rootOf.get(id)
      const members = ids.filter((each) => rootOf.get(each) === root)
      assert.deepEqual([whole.id, whole.nodes.map((node) => node.id).toSorted()], [root, members.toSorted()], start)
      for (const node of whole.nodes.slice(1)) {
        assert.equal(node.parentId, above.get(node.id))
        assert.match(node.link, /^(recorded|recovered)$/)
      }
    }
    const links = [...above.keys()].filter((id) => forest.truth.invocations.get(id)?.link !== 'root')
    const deepest = Math.max(...ids.map((id) => climb(above, id).length))
    assert.ok(links.length >= 20 && deepest >= 3, `${links.length} true links, ${deepest} levels`)
    t.diagnostic(`${transport}: ${links.length} true links, and ${above.size - links.length} from stale tokens`)
  })
}
