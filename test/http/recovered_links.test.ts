import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import type { LinkWay } from '../../src/domain/link/way.ts'
import { addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'

interface Shown {
  id: string
  sourceJobId: string | null
  link: string
  endedAt: string | null
  stale: boolean
}

interface Nodes {
  rootId: string
  rootReached: boolean
  rootLink: string
  rootNamedJobId: string | null
  nodes: Shown[]
}

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

/** A root with a job, and beside it an invocation whose payload names that job. */
async function lostLink(t: TestContext, linkWay: LinkWay = 'overlay') {
  const shown = await service(t, { rules: { staleAfter: 900_000, linkWay } })
  const root = await addInvocation(shown.pool, { created_at: ago(10), source_function: 'root' })
  const job = await addJob(shown.pool, root, { created_at: ago(9) })
  const child = await addInvocation(shown.pool, {
    created_at: ago(8),
    source_function: 'child',
    source_event_payload: JSON.stringify({ __sourceJobId: job }),
  })
  return { ...shown, root, job, child }
}

async function listed({ get }: Pick<Service, 'get'>, path: string): Promise<string[]> {
  const { json } = await get<{
    data: Array<{ id?: string; triggered?: { invocationId: string }; root?: { id: string } }>
  }>(path)
  return json.data.map(({ id, triggered, root }) => id ?? triggered?.invocationId ?? root?.id ?? '')
}

const kept = (pool: pg.Pool, set: string) =>
  pool.query(`update observability_links set ${set}, decided_at = clock_timestamp()`)

test('a link that is recovered between two conditional requests is told by 200, and so is each change of it', async (t) => {
  const { app, pool, root, job, child } = await lostLink(t)
  const paths = [
    `/invocations/${child}`,
    `/invocations?sourceFunction=child`,
    `/invocations?sourceJobId=${job}`,
    `/invocations?root=true`,
    `/invocations?root=false`,
    `/invocations/${root}`,
    `/jobs/${job}`,
    `/trees/${root}`,
    `/trees/${root}?maxDepth=0`,
    `/trees/${child}?shape=flat`,
    `/trees/${child}?from=root&format=text`,
    '/trees',
    '/chains',
    '/links',
  ]
  const tags = new Map<string, string>()
  for (const url of paths) tags.set(url, String((await app.inject(url)).headers.etag))
  const changes: Array<[what: string, change: () => Promise<unknown>]> = [
    ['recovered', () => addKeptLink(pool, child, { job_id: job })],
    ['undone', () => kept(pool, "state = 'undone'")],
    ['recovered again', () => kept(pool, "state = 'recovered'")],
    ['severed', () => pool.query('delete from job_executions').then(() => kept(pool, "state = 'severed'"))],
  ]
  for (const [what, change] of changes) {
    await change()
    for (const url of paths) {
      const { statusCode, headers } = await app.inject({ url, headers: { 'if-none-match': tags.get(url) } })
      assert.equal(statusCode, url === `/jobs/${job}` && what === 'severed' ? 404 : 200, `${what}: ${url}`)
      tags.set(url, String(headers.etag))
      if (statusCode === 200)
        assert.equal(
          (await app.inject({ url, headers: { 'if-none-match': tags.get(url) } })).statusCode,
          304,
          `${what}: ${url}`,
        )
    }
  }
})

test('a recovered link is one everywhere, until the job is deleted: then the rest of the tree has a root of its own', async (t) => {
  const { get, pool, root, job, child } = await lostLink(t)
  await addKeptLink(pool, child, { job_id: job })
  const detail = (await get<Shown & { namedJobId: string | null; triggeredBy: object | null }>(`/invocations/${child}`))
    .json
  assert.deepEqual([detail.sourceJobId, detail.link, detail.namedJobId], [job, 'recovered', null])
  assert.ok(detail.triggeredBy)
  assert.deepEqual(await listed({ get }, '/trees'), [root])
  assert.deepEqual(await listed({ get }, '/invocations?root=true'), [root])
  for (const path of [`/invocations?sourceJobId=${job}`, '/invocations?root=false', '/chains'])
    assert.deepEqual(await listed({ get }, path), [child], path)

  await pool.query('delete from job_executions where id = $1', [job])
  for (const path of [`/invocations?sourceJobId=${job}`, '/invocations?root=false', '/chains'])
    assert.deepEqual(await listed({ get }, path), [], path)
  for (const path of ['/trees', '/invocations?root=true'])
    assert.deepEqual(await listed({ get }, path), [child, root], path)
  const { rootId, rootLink, rootNamedJobId, nodes } = (await get<Nodes>(`/trees/${child}?from=root&shape=flat`)).json
  assert.deepEqual([rootId, rootLink, rootNamedJobId, nodes[0]?.link], [child, 'severed', job, 'severed'])
  const [shown] = (await get<{ data: Shown[] }>('/invocations?sourceFunction=child')).json.data
  assert.deepEqual([shown?.sourceJobId, shown?.link], [null, 'severed'])
})

test('what the writer records later counts, and the invocation stands in lists and trees once', async (t) => {
  const { get, pool, root, job, child } = await lostLink(t)
  await addKeptLink(pool, child, { job_id: job })
  const other = await addJob(pool, root, { created_at: ago(9) })
  for (const recorded of [job, other]) {
    await pool.query('update invocations set source_job_id = $1 where id = $2', [recorded, child])
    assert.deepEqual(await listed({ get }, `/invocations?sourceJobId=${recorded}`), [child])
    assert.deepEqual(await listed({ get }, `/invocations?sourceJobId=${job}&sourceJobId=${other}`), [child])
    assert.deepEqual(await listed({ get }, '/chains'), [child])
    const { nodes } = (await get<Nodes>(`/trees/${root}?shape=flat`)).json
    assert.deepEqual(
      nodes.map(({ id, sourceJobId, link }) => [id, sourceJobId, link]),
      [
        [root, null, 'none'],
        [child, recorded, 'recorded'],
      ],
    )
    const { json } = await get<{ triggered: { count: number } }>(`/invocations/${root}`)
    assert.equal(json.triggered.count, 1)
  }
})

test('with LINK_RECOVERY=off what is kept is no link, and what was mended is still told', async (t) => {
  const { get, pool, root, job, child } = await lostLink(t, 'labels')
  await addKeptLink(pool, child, { job_id: job })
  const look = async (): Promise<Array<string | null>> => {
    const [list] = (await get<{ data: Shown[] }>('/invocations?sourceFunction=child')).json.data
    const detail = (await get<Shown>(`/invocations/${child}`)).json
    const tree = (await get<Nodes>(`/trees/${root}?shape=flat`)).json
    return [list?.sourceJobId ?? null, list?.link ?? null, detail.link, tree.nodes[1]?.link ?? null]
  }
  assert.deepEqual(await look(), [null, 'unknown', 'recoverable', null])
  await pool.query('update invocations set source_job_id = $1 where id = $2', [job, child])
  await kept(pool, "state = 'mended'")
  assert.deepEqual(await look(), [job, 'recovered', 'recovered', 'recovered'])
  const { json } = await get<{ data: Array<{ link: string }> }>('/chains')
  assert.deepEqual(
    json.data.map(({ link }) => link),
    ['recovered'],
  )
})

test('lists and trees say what was found out about a link that is none', async (t) => {
  const { get, pool, job, child } = await lostLink(t)
  await addKeptLink(pool, child, { job_id: job, state: 'pending' })
  for (const [state, link] of [
    ['pending', 'pending'],
    ['severed', 'severed'],
    ['ambiguous', 'ambiguous'],
    ['undone', 'unknown'],
    ['mended', 'unknown'],
  ]) {
    await kept(pool, `state = '${state}'`)
    const [shown] = (await get<{ data: Shown[] }>('/invocations?sourceFunction=child')).json.data
    assert.deepEqual([shown?.sourceJobId, shown?.link], [null, link], state)
    const { json } = await get<{ data: Array<{ root: Shown }> }>('/trees?rootFunction=child')
    assert.equal(json.data[0]?.root.link, link)
  }
})

/** Writes a link into source_job_id as the service does: the trigger of updates moves updated_at, and the one before is kept. */
function mend(pool: pg.Pool, id: string, job: string): Promise<unknown> {
  return pool.query(
    `with was as (select id, created_at, updated_at from invocations where id = $1),
          ours as (update invocations set source_job_id = $2 where id = $1 returning id, updated_at)
     insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings, updated_before, updated_after)
     select id, created_at, $2, 'mended', 1, '', was.updated_at, ours.updated_at from was join ours using (id)`,
    [id, job],
  )
}

test('our own write of a link is no sign of life, and no end; a later write of the writer is both', async (t) => {
  const { get, pool, root, job } = await lostLink(t)
  const updated_at = '2026-11-22T09:00:10.000000Z'
  const was = { created_at: '2026-11-22T09:00:00Z', updated_at }
  // It says that it took an hour; the writer wrote it last after 10 s.
  const ended = await addInvocation(pool, { ...was, total_duration_ms: 3_600_000 })
  const silent = await addInvocation(pool, { ...was, status: 'running', total_duration_ms: null })
  const job2 = await addJob(pool, silent, { ...was, status: 'running', duration_ms: null })
  for (const id of [ended, silent]) await mend(pool, id, job)
  const look = async () => {
    const { json: list } = await get<{ data: Shown[] }>(`/invocations?sourceJobId=${job}`)
    const { json: tree } = await get<Nodes>(`/trees/${root}?shape=flat`)
    const { json: trees } = await get<{ data: Array<{ stale: number; running: number }> }>('/trees?rootFunction=root')
    const of = (rows: Shown[], id: string) => rows.find((row) => row.id === id)
    return {
      ends: [
        of(list.data, ended)?.endedAt,
        of(tree.nodes, ended)?.endedAt,
        (await get<Shown>(`/invocations/${ended}`)).json.endedAt,
      ],
      stale: [
        of(list.data, silent)?.stale,
        of(tree.nodes, silent)?.stale,
        (await get<Shown>(`/invocations/${silent}`)).json.stale,
        (await get<Shown>(`/jobs/${job2}`)).json.stale,
        (await listed({ get }, '/invocations?outcome=stale&from=2026-01-01T00:00:00Z')).includes(silent),
        trees.data[0]?.stale === 2,
      ],
    }
  }
  const hour = '2026-11-22T10:00:00.000000Z'
  const yes = Array(6).fill(true)
  assert.deepEqual(await look(), { ends: Array(3).fill(updated_at), stale: yes })
  await pool.query('update invocations set status = status where id in ($1, $2)', [ended, silent])
  assert.deepEqual(await look(), { ends: Array(3).fill(hour), stale: yes.map(() => false) })
})

test('without the tables, or the right to read them, /links is not found', async (t) => {
  const { get } = await service(t, { rules: { staleAfter: 900_000, linkWay: 'column' } })
  const { status, json } = await get('/links')
  assert.deepEqual(
    [status, json['detail']],
    [404, 'public.observability_links, in which found links are kept, is not there, or this service may not read it'],
  )
})

test('/links lists what is kept, by the time of the invocations, with each state as a filter', async (t) => {
  const { get, pool } = await service(t)
  const states = ['recovered', 'mended', 'undone', 'ambiguous', 'pending', 'severed']
  const ids: string[] = []
  for (const [minutes, state] of states.entries()) {
    const id = await addInvocation(pool, { created_at: ago(minutes + 1) })
    await addKeptLink(pool, id, { state })
    ids.push(id)
  }
  const stated = async (query: string) =>
    (await get<{ data: Array<{ invocationId: string; state: string }> }>(`/links?${query}`)).json.data.map(
      ({ invocationId, state }) => [invocationId, state],
    )
  const all = ids.map((id, nth) => [id, states[nth]])
  assert.deepEqual(await stated(''), all)
  assert.deepEqual(await stated('order=asc&limit=2'), all.toReversed().slice(0, 2))
  assert.deepEqual(await stated(`from=${ago(4)}`), all.slice(0, 3))
  for (const [nth, state] of states.entries()) assert.deepEqual(await stated(`state=${state}`), [all[nth]])
  assert.deepEqual(await stated('state=severed&state=mended'), [all[1], all[5]])
  const { json } = await get<{ errors: unknown[] }>('/links?state=lost')
  assert.match(JSON.stringify(json.errors), /one of recovered, mended, undone, ambiguous, pending, severed/)
})
