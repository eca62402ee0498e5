import assert from 'node:assert/strict'
import test from 'node:test'
import { Random } from '../../src/demo/random.ts'
import { forest, insertForest, seeds } from '../support/forest.ts'
import { rowsOf } from '../support/pages.ts'
import * as reference from '../support/reference.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'
import { flat, moreOf, type More, type NestedTree, type TreeNode } from '../support/trees.ts'

interface Item {
  id: string
}

/** All that a tree shows, and all that lies behind what it says it left out. */
async function unfold(shown: Service, path: string): Promise<{ ids: string[]; behind: string[] }> {
  const {
    json: { tree },
  } = await shown.get<NestedTree>(path)
  const ids = flat(tree).map(({ id }) => id)
  const behind: string[] = []
  for (const more of moreOf(tree)) behind.push(...(await rest(shown, more)))
  return { ids, behind }
}

/** The invocations that one request for the rest leads to, with all below them. `more` says how many are the next ones. */
async function rest(shown: Service, { invocations = 0, below, jobs = 0, href }: More): Promise<string[]> {
  assert.ok(invocations + jobs > 0, `${href} leads to nothing more`)
  if (href.startsWith('/trees/')) {
    const {
      json: { tree },
    } = await shown.get<NestedTree>(href)
    assert.equal(
      tree.jobs.reduce((sum, { triggered = [], more }) => sum + triggered.length + (more?.invocations ?? 0), 0),
      invocations,
      href,
    )
    const { ids, behind } = await unfold(shown, href)
    const all = [...ids.slice(1), ...behind]
    assert.equal(below, all.length > invocations ? undefined : 0, href)
    return all
  }
  const children = await rowsOf<Item>(shown, `${href}&limit=2`)
  assert.equal(children.length, invocations, href)
  const found: string[] = []
  for (const { id } of children) {
    const { ids, behind } = await unfold(shown, `/trees/${id}`)
    found.push(...ids, ...behind)
  }
  if (below !== undefined) assert.equal(found.length, invocations + below, href)
  return found
}

for (const seed of seeds) {
  test(`a cut shows the breadth-first front, says so, and leads to all the rest (forest of seed ${seed})`, async (t) => {
    const shown = await service(t)
    const rows = forest(seed, 180, Date.parse('2026-11-22T09:00:00Z'))
    await insertForest(shown.pool, rows)
    const random = new Random(seed, 1, 0)
    const roots = rows.invocations.filter(
      ({ id, source_job_id }) => source_job_id === null || rows.circular.includes(id),
    )
    for (const { id } of roots) {
      const whole = await reference.tree(shown.pool, id)
      const { onCycle } = await reference.lineage(shown.pool, id)
      for (let round = 0; round < 2; round += 1) {
        const maxDepth = random.int(0, 4)
        const maxNodes = random.int(1, whole.length + 1)
        const query = `/trees/${id}?maxDepth=${maxDepth}&maxNodes=${maxNodes}`
        const {
          json: { asOf: _at, tree, ...head },
        } = await shown.get<NestedTree>(query)
        const { truncated, summary } = head
        const near = whole.filter(({ depth }) => depth <= maxDepth)
        const front = near.slice(0, maxNodes)
        const nodes = flat(tree)
        assert.deepEqual(
          nodes.map((node) => [node.id, node.depth]),
          front.map((member) => [member.id, member.depth]),
          query,
        )
        const byNodes = near.length > maxNodes
        const cut = byNodes
          ? { reason: 'max-nodes', limit: maxNodes }
          : near.length < whole.length
            ? { reason: 'max-depth', limit: maxDepth }
            : null
        assert.deepEqual([truncated, summary.complete, summary.invocations], [cut, cut === null, front.length], query)

        const {
          json: { asOf: _later, nodes: listed, ...flatHead },
        } = await shown.get<Omit<NestedTree, 'tree'> & { nodes: TreeNode[] }>(`${query}&shape=flat`)
        assert.deepEqual(flatHead, head, query)
        assert.deepEqual(listed, nodes, query)

        const lines = (await shown.get(`${query}&format=ndjson`)).text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
        assert.deepEqual(
          lines.filter(({ type }) => type === 'node').map((node) => node['id']),
          nodes.map((node) => node.id),
        )
        assert.deepEqual(
          lines
            .filter(({ type }) => type === 'more')
            .map(({ href }) => String(href))
            .sort(),
          nodes.flatMap(({ jobs }) => jobs.flatMap(({ more }) => more?.href ?? [])).sort(),
        )
        assert.deepEqual(lines.at(-1), { type: 'end', summary, truncated })

        // Round a cycle, what lies below a member is the whole cycle again.
        if (onCycle) continue
        const { ids, behind } = await unfold(shown, query)
        assert.deepEqual([...ids, ...behind].sort(), whole.map((member) => member.id).sort(), query)
      }
    }
  })
}

test('maxDepth=0 shows the start alone and says what its jobs triggered', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  const [one, two] = [await addJob(pool, root), await addJob(pool, root)]
  for (const source_job_id of [one, one, two]) await addInvocation(pool, { source_job_id })
  const { json } = await get<NestedTree>(`/trees/${root}?maxDepth=0`)
  assert.deepEqual(json.truncated, { reason: 'max-depth', limit: 0 })
  assert.deepEqual(json.tree.more, { invocations: 3, below: 0, href: `/trees/${root}` })
  assert.deepEqual(
    json.tree.jobs.map(({ triggered }) => triggered),
    [[], []],
  )
})

test('what is left out says what it counts: those that come next, and those below them only where nothing is', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  const child = await addInvocation(pool, { source_job_id: await addJob(pool, root) })
  const path = `/trees/${root}?maxDepth=0`
  const told = async () => [
    (await get<NestedTree>(path)).json.tree.more,
    (await get(`${path}&format=text`)).text.split('\n')[1],
  ]
  assert.deepEqual(await told(), [
    { invocations: 1, below: 0, href: `/trees/${root}` },
    `  … 1 more here, none below it: GET /trees/${root}`,
  ])
  const job = await addJob(pool, child)
  for (let n = 0; n < 6; n += 1) await addInvocation(pool, { source_job_id: job })
  assert.deepEqual(await told(), [
    { invocations: 1, href: `/trees/${root}` },
    `  … 1 more here, and what is below it: GET /trees/${root}`,
  ])
  // Of more than a hundred it is not looked up.
  for (let n = 0; n < 95; n += 1) await addInvocation(pool, { source_job_id: job })
  const { json } = await get<NestedTree>(`/trees/${child}?maxDepth=0`)
  assert.deepEqual(json.tree.more, { invocations: 101, href: `/trees/${child}` })
})

test('a job with more children than maxNodes shows the first of them, and a request for the others', async (t) => {
  const shown = await service(t)
  const root = await addInvocation(shown.pool)
  const job = await addJob(shown.pool, root)
  await shown.pool.query(
    `
    insert into invocations (created_at, source_function, source_event_payload, source_job_id)
    select '2026-11-22T09:00:00Z'::timestamptz + n / 2 * interval '1 microsecond', 'wide', '{}', $1 from generate_series(1, 40) n`,
    [job],
  )
  const children = (await reference.triggeredBy(shown.pool, job)).map(({ id }) => id).reverse()
  const {
    json: { tree, truncated },
  } = await shown.get<NestedTree>(`/trees/${root}?maxNodes=16`)
  const [{ triggered, more } = {}] = tree.jobs
  assert.deepEqual(
    triggered?.map(({ id }) => id),
    children.slice(0, 15),
  )
  assert.equal(more?.invocations, 25)
  assert.deepEqual(
    (await rowsOf<Item>(shown, `${more?.href}&limit=10`)).map(({ id }) => id),
    children.slice(15),
  )
  assert.deepEqual(truncated, { reason: 'max-nodes', limit: 16 })
  const { text } = await shown.get(`/trees/${root}?maxNodes=16&format=text`)
  assert.ok(text.includes(`\n  … 25 more here, none below them: GET ${more?.href}\n`))
  assert.match(text, /; cut by max-nodes \(16\)\n$/)
})

test('of more than 1,000 jobs the first are shown, and a request for the others', async (t) => {
  const shown = await service(t)
  const root = await addInvocation(shown.pool)
  await addJob(shown.pool, root, { created_at: '2026-11-22T08:00:00Z' })
  await shown.pool.query(
    `
    insert into job_executions (invocation_id, event_execution_id, job_name, created_at)
    select $1, (select id from event_executions), 'many', '2026-11-22T09:00:00Z'::timestamptz + n / 3 * interval '1 microsecond' from generate_series(1, 1202) n`,
    [root],
  )
  const ids = (await reference.jobs(shown.pool, 'true')).map(({ id }) => id).reverse()
  await addInvocation(shown.pool, { source_job_id: ids[5] ?? null })
  await addInvocation(shown.pool, { source_job_id: ids[1100] ?? null })
  const { json } = await shown.get<NestedTree>(`/trees/${root}`)
  assert.deepEqual(
    json.tree.jobs.map(({ id }) => id),
    ids.slice(0, 1000),
  )
  assert.deepEqual(json.truncated, { reason: 'max-jobs', limit: 1000 })
  assert.deepEqual([json.summary.complete, json.summary.invocations, json.tree.more?.jobs], [false, 2, 203])
  assert.deepEqual(
    (await rowsOf<Item>(shown, `${json.tree.more?.href}&limit=100`)).map(({ id }) => id),
    ids.slice(1000),
  )
  const { json: start } = await shown.get<NestedTree>(`/trees/${root}?maxDepth=0`)
  assert.deepEqual(start.tree.more, { invocations: 1, below: 0, jobs: 203, href: `/trees/${root}` })
  assert.ok(
    (await shown.get(`/trees/${root}?maxDepth=0&format=text`)).text.includes(
      `\n  … 1 more here, none below it, 203 more jobs here: GET /trees/${root}\n`,
    ),
  )
})

test('of more than 1,000 detected events the first are shown, and all are counted', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  await pool.query(
    `
    insert into event_executions (invocation_id, event_name, detected, created_at)
    select $1, 'many', n % 10 > 0, '2026-11-22T09:00:00Z'::timestamptz + n / 3 * interval '1 microsecond' from generate_series(1, 1200) n`,
    [root],
  )
  const { rows } = await pool.query<{ id: string }>(
    'select id from event_executions where detected order by created_at, id limit 1000',
  )
  const { json } = await get<{ tree: { events: { detected: number; undetected: number; data: Item[] } } }>(
    `/trees/${root}?include=events`,
  )
  const { detected, undetected, data } = json.tree.events
  assert.deepEqual([detected, undetected], [1080, 120])
  assert.deepEqual(
    data.map(({ id }) => id),
    rows.map(({ id }) => id),
  )
})

test('each form has its limits, and says them', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  const allowed = {
    'format=json': [1000, 10_000],
    'shape=flat': [100_000, 10_000],
    'format=text': [100_000, 10_000],
    'format=mermaid': [100_000, 10_000],
    'format=dot': [100_000, 10_000],
    'format=otlp': [100_000, 10_000],
    'format=ndjson': [100_000, 1_000_000],
  } as const
  for (const [layout, [maxDepth, maxNodes]] of Object.entries(allowed)) {
    assert.equal((await get(`/trees/${root}?${layout}&maxDepth=${maxDepth}&maxNodes=${maxNodes}`)).status, 200)
    for (const [name, limit] of [
      ['maxDepth', maxDepth],
      ['maxNodes', maxNodes],
    ] as const) {
      const { status, json } = await get<{ errors: Array<{ parameter: string; given: unknown; allowed: string }> }>(
        `/trees/${root}?${layout}&${name}=${limit + 1}`,
      )
      assert.equal(status, 400)
      assert.deepEqual(
        json.errors.map(({ parameter, given }) => [parameter, Number(given)]),
        [[name, limit + 1]],
      )
      assert.match(json.errors[0]?.allowed ?? '', new RegExp(`\\b${limit}\\b`), `${layout} ${name}`)
    }
  }
})
