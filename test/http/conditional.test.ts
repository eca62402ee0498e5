import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

/** A root with one job and what it triggered; a further job for later links. */
async function planted(pool: pg.Pool): Promise<Record<'root' | 'job' | 'child' | 'other', string>> {
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  const child = await addInvocation(pool, { source_job_id: job })
  return { root, job, child, other: await addJob(pool, child) }
}

const paths = ['/invocations?sourceJobId=JOB', '/invocations?window=1h', '/jobs?window=1h', '/chains', '/trees', '/trees/ROOT', '/trees/ROOT?shape=flat', '/trees/ROOT?format=text', '/trees/ROOT?include=events', '/invocations/ROOT', '/jobs/JOB']

/** What changes the tables, and the paths that do not show it. */
const changes: Array<[what: string, change: (pool: pg.Pool, ids: Awaited<ReturnType<typeof planted>>) => Promise<unknown>, unseen: string[]]> = [
  ['a row that arrives late', (pool, { job }) => addInvocation(pool, { source_job_id: job }), ['/jobs?window=1h']],
  ['a link that is mended', async (pool, { root, job }) => pool.query('update invocations set source_job_id = $1 where id = $2', [job, await addInvocation(pool, { source_event_id: root })]), ['/jobs?window=1h']],
  ['a delete', (pool, { child }) => pool.query('delete from invocations where id = $1', [child]), []],
  ['a run that ends', (pool, { root, child, job }) => Promise.all([pool.query("update invocations set status = 'failed' where id in ($1, $2)", [root, child]), pool.query("update job_executions set status = 'failed' where id = $1", [job])]), []],
]

for (const template of paths) {
  const pathOf = ({ root, job }: Record<'root' | 'job', string>): string => template.replace('ROOT', root).replace('JOB', job)

  test(`${template} is not sent again while nothing has changed`, async (t) => {
    const { app, pool } = await service(t)
    const url = pathOf(await planted(pool))
    const first = await app.inject({ url })
    assert.equal(first.headers['cache-control'], 'private, no-cache')
    assert.equal(first.headers.vary, 'accept, accept-encoding, authorization')
    const tag = String(first.headers.etag)
    assert.match(tag, /^W\/"[\w-]+"$/)
    for (const given of [tag, `"x", ${tag}`, tag.slice(2), '*']) {
      const again = await app.inject({ url, headers: { 'if-none-match': given } })
      assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', tag], given)
    }
    const other = await app.inject({ url, headers: { 'if-none-match': 'W/"something-else"' } })
    assert.deepEqual([other.statusCode, other.headers.etag], [200, tag])
  })

  for (const [what, change, unseen] of changes) {
    if (unseen.includes(template)) continue
    test(`${template} is sent again after ${what}`, async (t) => {
      const { app, pool } = await service(t)
      const ids = await planted(pool)
      const url = pathOf(ids)
      const { headers: { etag } } = await app.inject({ url })
      await change(pool, ids)
      const { statusCode, headers } = await app.inject({ url, headers: { 'if-none-match': String(etag) } })
      assert.equal(statusCode, 200)
      assert.notEqual(headers.etag, etag)
    })
  }
}

test('what is counted but not shown counts: the eleventh job of a link, what arrives below a cut', async (t) => {
  const { app, pool } = await service(t)
  const { root, child } = await planted(pool)
  for (let n = 0; n < 11; n += 1) await addJob(pool, child)
  const paths = ['/chains', `/trees/${root}?maxDepth=0`, `/trees/${root}?maxNodes=1`]
  const tags = await Promise.all(paths.map(async (url) => (await app.inject({ url })).headers.etag))
  await addJob(pool, child)
  const { rows } = await pool.query<{ source_job_id: string }>('select source_job_id from invocations where id = $1', [child])
  await addInvocation(pool, { source_job_id: rows[0]?.source_job_id ?? null })
  for (const [n, url] of paths.entries()) assert.notEqual((await app.inject({ url })).headers.etag, tags[n], url)
})

test('another form or shape of the same tree has another ETag, and a stream has none', async (t) => {
  const { app, pool } = await service(t)
  const { root } = await planted(pool)
  const tags = await Promise.all(['format=json', 'shape=flat', 'format=text', 'format=ndjson'].map(async (layout) => (await app.inject(`/trees/${root}?${layout}`)).headers.etag))
  assert.equal(new Set(tags.slice(0, 3)).size, 3)
  assert.equal(tags[3], undefined)
})

test('of more than 100 detected events, one more that is detected counts', async (t) => {
  const { app, pool } = await service(t)
  const { root } = await planted(pool)
  await pool.query("insert into event_executions (invocation_id, event_name, detected, created_at) select $1, 'e', n < 110, now() + n * interval '1 ms' from generate_series(1, 110) n", [root])
  const url = `/invocations/${root}`
  const { headers: { etag } } = await app.inject(url)
  await pool.query('update event_executions set detected = true where not detected')
  assert.equal((await app.inject({ url, headers: { 'if-none-match': String(etag) } })).statusCode, 200)
})
