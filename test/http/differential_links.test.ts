import assert from 'node:assert/strict'
import test from 'node:test'
import { service } from '../support/service.ts'
import type { Head } from '../support/trees.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'
import type { InvocationTruth } from '../support/writers/truth.ts'

interface Detail {
  id: string
  createdAt: string
  sourceJobId: string | null
  link: string
  namedJobId: string | null
}

const day = 24 * 3_600_000

/** What should be told of an invocation, from what really happened and what is recorded of it. `aged`: its row is a minute old. */
function told(truth: InvocationTruth, recorded: string | null, aged: boolean): Pick<Detail, 'link' | 'namedJobId'> {
  const gone = ['severed', 'pending', 'deleted'].includes(truth.link)
  const absent = truth.link === 'pending' && !aged ? 'pending' : 'severed'
  if (recorded !== null) return { link: gone ? absent : 'recorded', namedJobId: null }
  if (truth.places.length === 0) return { link: 'none', namedJobId: null }
  const namedJobId = truth.stale?.jobId ?? truth.parentJob
  if (gone) return { link: absent, namedJobId }
  // A false child: within LINK_MAX_AGE nothing in the rows can tell.
  return { link: (truth.stale?.afterMs ?? 0) > day ? 'ambiguous' : 'recoverable', namedJobId }
}

for (const withoutForeignKey of [false, true]) {
  const which = withoutForeignKey ? 'without foreign keys, as a logical subscriber has it' : 'with foreign keys'
  test(`the links of each transport are told as they happened, ${which}`, async (t) => {
    const { get, pool } = await service(t)
    if (withoutForeignKey) await pool.query('alter table invocations drop constraint fk_invocations_source_job_id')
    const forest = writersForest({
      seed: 3,
      deliveries: 70,
      transports: ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs'],
      withoutForeignKey,
      now: Date.now(),
    })
    await insertWriters(pool, forest)
    const seen = new Map<string, number>()
    for (const row of forest.rows.invocations) {
      const truth = forest.truth.invocations.get(row.id) ?? assert.fail()
      const before = Date.now()
      const { json } = await get<Detail>(`/invocations/${row.id}`)
      const { rootReached, rootLink, rootNamedJobId, rootId } = (await get<Head>(`/trees/${row.id}?maxDepth=0`)).json
      // Of a row that turned a minute old meanwhile either may be told.
      const aged = before - Date.parse(row.created_at) >= 60_000
      if (truth.link === 'pending' && !aged && Date.now() - Date.parse(row.created_at) >= 60_000) continue
      const expected = told(truth, row.source_job_id, aged)
      assert.deepEqual({ link: json.link, namedJobId: json.namedJobId }, expected, `${truth.transport} ${row.id}`)
      assert.equal(rootReached, rootLink === 'none')
      if (rootId === row.id)
        assert.deepEqual({ link: rootLink, namedJobId: rootNamedJobId }, expected, `${truth.transport} ${row.id}`)
      seen.set(expected.link, (seen.get(expected.link) ?? 0) + 1)
    }
    for (const link of ['recorded', 'recoverable', 'ambiguous', 'severed', 'none']) assert.ok(seen.has(link), link)
    t.diagnostic(JSON.stringify(Object.fromEntries(seen)))
  })
}
