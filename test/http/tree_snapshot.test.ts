import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import type { Reader, Snapshot } from '../../src/db/db.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { cutShort } from '../support/cut-short.ts'
import { addExample, filled, inOneWindow, samples } from '../support/endpoints.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** The same database, where `happens` comes after each statement of an answer, and before each batch. */
function interrupted(db: Reader, happens: () => Promise<void>): Reader {
  const within = <S extends Snapshot>(snapshot: S): S => ({
    ...snapshot,
    async query<R extends object>(statement: Parameters<Snapshot['query']>[0]) {
      const rows = await snapshot.query<R>(statement)
      await happens()
      return rows
    },
    async *batches<R extends object>(...[statement, size]: Parameters<Snapshot['batches']>) {
      await happens()
      yield* snapshot.batches<R>(statement, size)
    },
  })
  const query = async <R extends object>(statement: Parameters<Reader['query']>[0]) => {
    const rows = await db.query<R>(statement)
    await happens()
    return rows
  }
  return {
    query,
    probe: (statement) => db.probe(statement),
    open: async (timeout) => within(await db.open(timeout)),
    snapshot: (work) => db.snapshot((snapshot) => work(within(snapshot))),
  }
}

test('one answer is one moment: what is committed between its statements is not in it', async (t) => {
  let happens = async (): Promise<void> => undefined
  const db = createReader()
  const { get, pool, url } = await service(t, { db: interrupted(db, () => happens()) })
  db.start({
    url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 30_000,
    lockTimeout: 5000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const ids = await addExample(pool)
  const { root, job, child, other: below } = ids
  await addInvocation(pool, { source_job_id: below })

  const { rows } = await pool.query<{ id: string }>('select id from invocations')
  const example = rows.map(({ id }) => id)
  let commits = 0
  const shown = samples.filter(({ endpoint }) => endpoint.conditional).map((sample) => inOneWindow(sample))
  const isOneMoment = async (path: string): Promise<boolean> => {
    happens = async () => undefined
    const before = (await get(path)).text
    const earlier = commits
    happens = async () => {
      commits += 1
      // A new root above what was the root, a sibling, a job: each would show in each answer.
      await addInvocation(pool, { source_job_id: job })
      await addInvocation(pool, { source_job_id: below })
      await addJob(pool, child)
      await pool.query(`update invocations set source_job_id = $1, status = 'failed' where id = $2`, [
        await addJob(pool, await addInvocation(pool)),
        root,
      ])
    }
    const after = (await get(path)).text
    assert.ok(commits > earlier, `${path} made no statement`)
    await pool.query(`update invocations set source_job_id = null, status = 'completed' where id = $1`, [root])
    // Or the tree is large in the end, and is read by another statement and a snapshot.
    await pool.query('delete from invocations where id <> all($1)', [example])
    if (cutShort(before) || cutShort(after)) return false
    assert.deepEqual(shownOf(after), shownOf(before), path)
    return true
  }
  for (const template of [...shown, '/trees/{root}?maxNodes=1', '/trees?status=completed']) {
    const path = filled(template, ids)
    await until(`${path} looks at all in its time`, () => isOneMoment(path))
  }
})

/** An answer without its own time, and the window that it resolved from that. */
function shownOf(text: string): string {
  return text.replace(/"page":.*$/, '').replace(/"asOf":"[^"]*"/, '')
}
