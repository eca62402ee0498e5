import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'
import type { FlatDocument } from '../../src/reading/tree/whole.ts'
import { nameText } from '../../src/domain/name-text.ts'
import { openPage } from '../support/browser.ts'
import { drawnByGraphviz, drawnByMermaid, plain, type Drawn } from '../support/diagrams.ts'
import { forest, insertForest } from '../support/forest.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

/** What shall be drawn of a tree that is whole: the functions, and which job triggered which of them. */
function meant({ nodes }: Pick<FlatDocument, 'nodes'>): { functions: string[]; arrows: Drawn['arrows'] } {
  const ids = new Map(nodes.map(({ id }, nth) => [id, `n${nth}`]))
  const jobs = new Map(nodes.flatMap((node) => node.jobs.map((job) => [job.id, { node, job }] as const)))
  return {
    functions: nodes.map(({ sourceFunction }) => plain(nameText(sourceFunction))),
    arrows: nodes
      .slice(1)
      .map(({ id, sourceJobId, lagMs, clockSkew }): [string, string, string] => {
        const { node, job } = jobs.get(sourceJobId ?? '') ?? assert.fail(`no job triggered ${id}`)
        const lag = `${lagMs === null ? '' : `, lag ${lagMs} ms`}${clockSkew ? ', clocks disagree' : ''}`
        return [ids.get(node.id) ?? '', ids.get(id) ?? '', plain(nameText(job.name) + lag)]
      })
      .toSorted(byText),
  }
}

const byText = (a: string[], b: string[]): number => (a.join('\0') < b.join('\0') ? -1 : 1)

function functionsOf({ boxes }: Drawn): string[] {
  return Object.entries(boxes)
    .filter(([id]) => id.startsWith('n'))
    .toSorted(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(([, [name = '']]) => name)
}

test('each tree of a random forest is drawn as it is, by Graphviz and by Mermaid', async (t) => {
  const { get, pool } = await service(t)
  const rows = forest(7, 60, Date.now() - 60_000)
  await insertForest(pool, rows)
  const { page } = await openPage(t)
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('@mermaid-js/tiny') })
  const trees = rows.invocations.filter(({ source_job_id: job }, nth) => job === null && nth % 3 === 0)
  assert.ok(trees.length > 3)
  let arrows = 0
  for (const { id } of trees) {
    const { json } = await get<FlatDocument>(`/trees/${id}?shape=flat`)
    const expected = meant(json)
    arrows += expected.arrows.length
    for (const drawn of [
      await drawnByGraphviz((await get(`/trees/${id}?format=dot`)).text),
      await drawnByMermaid(page, (await get(`/trees/${id}?format=mermaid`)).text),
    ])
      assert.deepEqual({ functions: functionsOf(drawn), arrows: drawn.arrows }, expected, id)
  }
  assert.ok(arrows > 10, `${arrows} arrows`)
})

test('a box says what became of its invocation, and the first note the figures', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool, { source_function: 'on-order', status: 'failed' })
  const job = await addJob(pool, root, {
    created_at: '2026-11-22T09:48:03Z',
    job_name: 'pay',
    status: 'failed',
    duration_ms: null,
  })
  const crashed = await addInvocation(pool, {
    created_at: '2026-11-22T09:48:02.5Z',
    source_function: 'on-pay',
    source_job_id: job,
    total_duration_ms: null,
  })
  await addEvent(pool, crashed, { event_name: 'paid', status: 'handler_failed', handler_error: 'It crashed' })
  const stale = await addInvocation(pool, {
    created_at: '2026-11-22T09:48:02Z',
    source_function: 'on-ship',
    source_job_id: await addJob(pool, root, { created_at: '2026-11-22T09:48:01Z', job_name: 'ship' }),
    status: 'running',
    total_duration_ms: null,
  })
  await addJob(pool, stale, { created_at: '2026-11-22T09:48:02Z', status: 'running', duration_ms: null, job_name: 'x' })
  const dot = (await get(`/trees/${root}?format=dot`)).text
  const { boxes, arrows } = await drawnByGraphviz(dot)
  assert.deepEqual(boxes, {
    t0: ['3 invocations, 3 jobs; failed: 2 invocations, 1 job; running: 0; stale: 2'],
    n0: ['on-order', 'failed, 100 ms', '2 jobs, failed: pay'],
    n1: ['on-ship', 'running (stale)', '1 job', 'stale: x'],
    n2: ['on-pay', 'completed, crashed in paid', '0 jobs'],
  })
  assert.deepEqual(arrows, [
    ['n0', 'n1', 'ship, lag 950 ms'],
    ['n0', 'n2', 'pay, clocks disagree'],
  ])
  assert.match(dot, /n0 -> n2 \[label="pay, clocks disagree", color="#b91c1c"/)
  assert.match(dot, /n1 \[.*style="filled,dashed"/)
})

test('what the limits cut off, and what does not fit into a picture, is written into it', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  const job = await addJob(pool, root, { job_name: 'send' })
  await pool.query(
    `insert into public.invocations (created_at, source_function, source_event_payload, source_job_id, status)
     select now(), 'on-sent', '{}', $1, 'completed' from generate_series(1, 200)`,
    [job],
  )
  const whole = await drawnByGraphviz((await get(`/trees/${root}?format=dot`)).text)
  assert.equal(whole.arrows.length, 149)
  assert.match(whole.boxes['t0']?.[0] ?? '', /^201 invocations, 1 job; failed: 0/)
  assert.deepEqual(whole.boxes['t1'], [
    '150 of 201 boxes and 149 of 200 arrows are drawn; the other forms of this answer show all',
  ])
  for (const [query, cut, places] of [
    ['maxDepth=0', 'max-depth (0)', { n1: ['200 invocations more here'] }],
    ['maxNodes=21', 'max-nodes (21)', { n1: ['180 invocations more here'] }],
  ] as const) {
    const { boxes } = await drawnByGraphviz((await get(`/trees/${root}?format=dot&${query}`)).text)
    assert.match(boxes['t0']?.[0] ?? '', new RegExp(`; cut by ${cut.replaceAll(/[()]/g, '\\$&')}$`))
    assert.equal(boxes['t1'], undefined)
    assert.ok(JSON.stringify(boxes).includes(JSON.stringify(places.n1)), JSON.stringify(boxes))
  }
})

test('the form is chosen by format or by Accept, has its type, and another ETag than the others', async (t) => {
  const { get, pool } = await service(t)
  const path = `/trees/${await addInvocation(pool)}`
  const types = { mermaid: 'text/vnd.mermaid', dot: 'text/vnd.graphviz' }
  const tags = new Set<unknown>()
  for (const [format, accept] of Object.entries(types)) {
    const [byFormat, byAccept] = [await get(`${path}?format=${format}`), await get(path, { accept })]
    assert.equal(byFormat.headers['content-type'], `${accept}; charset=utf-8`)
    assert.deepEqual([byAccept.text, byAccept.headers['content-type']], [byFormat.text, `${accept}; charset=utf-8`])
    tags.add(byFormat.headers.etag)
  }
  tags.add((await get(path)).headers.etag)
  tags.add((await get(`${path}?format=text`)).headers.etag)
  assert.equal(tags.size, 4)
})
