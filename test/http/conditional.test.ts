import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { addExample, filled, samples, type ExampleIds, type Told } from '../support/endpoints.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

/** Samples of the endpoints whose answers have an ETag. */
const tagged = samples.filter(({ endpoint, streamed }) => endpoint.conditional && !streamed)

/** What changes the tables, and of what the answers tell that are sent again then. */
const changes: Array<[what: string, change: (pool: pg.Pool, ids: ExampleIds) => Promise<unknown>, changed: Told[]]> = [
  [
    'a row that arrives late',
    (pool, { job }) => addInvocation(pool, { source_job_id: job }),
    ['siblings', 'number of invocations'],
  ],
  [
    'a link that is mended',
    async (pool, { root, job }) =>
      pool.query('update invocations set source_job_id = $1 where id = $2', [
        job,
        await addInvocation(pool, { source_event_id: root }),
      ]),
    ['siblings', 'number of invocations'],
  ],
  [
    'a delete',
    (pool, { child }) => pool.query('delete from invocations where id = $1', [child]),
    ['child', 'other', 'number of invocations', 'number of jobs', 'number of events'],
  ],
  [
    'a run that ends',
    (pool, { root, child, job }) =>
      Promise.all([
        pool.query("update invocations set status = 'failed' where id in ($1, $2)", [root, child]),
        pool.query("update job_executions set status = 'failed' where id = $1", [job]),
      ]),
    ['root', 'child', 'job', 'number of failures'],
  ],
]

test('no answer with an ETag is sent again while nothing has changed', async (t) => {
  const { app, pool } = await service(t)
  const ids = await addExample(pool)
  for (const { path } of tagged) {
    const url = filled(path, ids)
    const first = await app.inject({ url })
    assert.equal(first.headers['cache-control'], 'private, no-cache', path)
    assert.equal(first.headers.vary, 'accept, accept-encoding, authorization', path)
    const tag = String(first.headers.etag)
    assert.match(tag, /^W\/"[\w-]+"$/, path)
    for (const given of [tag, `"x", ${tag}`, tag.slice(2), '*']) {
      const again = await app.inject({ url, headers: { 'if-none-match': given } })
      assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', tag], `${path} ${given}`)
    }
    const other = await app.inject({ url, headers: { 'if-none-match': 'W/"something-else"' } })
    assert.deepEqual([other.statusCode, other.headers.etag], [200, tag], path)
  }
})

for (const [what, change, changed] of changes) {
  test(`after ${what} every answer that tells of it is sent again, and no other`, async (t) => {
    const { app, pool } = await service(t)
    const ids = await addExample(pool)
    const before = await Promise.all(
      tagged.map(async ({ path }) => String((await app.inject(filled(path, ids))).headers.etag)),
    )
    await change(pool, ids)
    for (const [nth, { path, tells }] of tagged.entries()) {
      const { statusCode, headers } = await app.inject({
        url: filled(path, ids),
        headers: { 'if-none-match': before[nth] },
      })
      // The child alone has the correlation id.
      const gone = what === 'a delete' && /\{child\}|^\/correlations\//.test(path)
      const told = changed.filter((row) => tells.includes(row))
      const again = told.length > 0
      const line = `${path} after ${what}: test/support/endpoints.ts says that it tells of ${tells.join(', ') || 'nothing'}; of these changed: ${told.join(', ') || 'none'}`
      assert.equal(statusCode, gone ? 404 : again ? 200 : 304, line)
      if (again) assert.notEqual(headers.etag, before[nth], line)
    }
  })
}

test('what is counted but not shown counts: the eleventh job of a link, what arrives below a cut', async (t) => {
  const { app, pool } = await service(t)
  const { root, child } = await addExample(pool)
  for (let n = 0; n < 11; n += 1) await addJob(pool, child)
  const paths = ['/chains', `/trees/${root}?maxDepth=0`, `/trees/${root}?maxNodes=1`]
  const tags = await Promise.all(paths.map(async (url) => (await app.inject({ url })).headers.etag))
  await addJob(pool, child)
  const { rows } = await pool.query<{ source_job_id: string }>('select source_job_id from invocations where id = $1', [
    child,
  ])
  await addInvocation(pool, { source_job_id: rows[0]?.source_job_id ?? null })
  for (const [n, url] of paths.entries()) assert.notEqual((await app.inject({ url })).headers.etag, tags[n], url)
})

test('another form or shape of the same tree has another ETag, and a stream has none', async (t) => {
  const { app, pool } = await service(t)
  const { root } = await addExample(pool)
  const tags = await Promise.all(
    ['format=json', 'shape=flat', 'format=text', 'format=ndjson'].map(
      async (layout) => (await app.inject(`/trees/${root}?${layout}`)).headers.etag,
    ),
  )
  assert.equal(new Set(tags.slice(0, 3)).size, 3)
  assert.equal(tags[3], undefined)
})

test('of more than 100 detected events, one more that is detected counts', async (t) => {
  const { app, pool } = await service(t)
  const { root } = await addExample(pool)
  await pool.query(
    "insert into event_executions (invocation_id, event_name, detected, created_at) select $1, 'e', n < 110, now() + n * interval '1 ms' from generate_series(1, 110) n",
    [root],
  )
  const url = `/invocations/${root}`
  const {
    headers: { etag },
  } = await app.inject(url)
  await pool.query('update event_executions set detected = true where not detected')
  assert.equal((await app.inject({ url, headers: { 'if-none-match': String(etag) } })).statusCode, 200)
})
