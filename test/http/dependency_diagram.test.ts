import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'
import { nameText } from '../../src/domain/name-text.ts'
import { openPage } from '../support/browser.ts'
import { drawnByGraphviz, drawnByMermaid, plain } from '../support/diagrams.ts'
import { addExample } from '../support/endpoints.ts'
import { forest, insertForest } from '../support/forest.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface Named {
  kind: string
  name: string
}

interface Graph {
  data: Array<{ source: Named; target: Named; times: number }>
  nodes: Array<Named & { runs: number }>
  page: { nextCursor: string | null }
}

test('the graph of what leads to what is drawn as it is answered, by Graphviz and by Mermaid', async (t) => {
  const { get, pool } = await service(t)
  await insertForest(pool, forest(5, 120, Date.now() - 120_000))
  const { page } = await openPage(t)
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('@mermaid-js/tiny') })
  for (const query of ['level=both&window=1d&limit=100', 'level=job&window=1d&limit=20']) {
    const { json } = await get<Graph>(`/dependencies?${query}`)
    assert.ok(json.data.length >= 20, `${json.data.length} edges`)
    const label = ({ kind, name }: Named): string => `${plain(nameText(name))} ${kind}`
    const meant = json.data
      .map(({ source, target, times }) => `${label(source)} → ${label(target)} ${times}`)
      .toSorted()
    for (const drawn of [
      await drawnByGraphviz((await get(`/dependencies?${query}&format=dot`)).text),
      await drawnByMermaid(page, (await get(`/dependencies?${query}&format=mermaid`)).text),
    ]) {
      const named = (id: string): string => {
        const [name = '', what = ''] = drawn.boxes[id] ?? []
        return `${name} ${what.split(',')[0]}`
      }
      assert.deepEqual(
        drawn.arrows
          .map(([from, to, text]) => `${named(from)} → ${named(to)} ${/(\d+) times?/.exec(text)?.[1]}`)
          .toSorted(),
        meant,
        query,
      )
      assert.equal(Object.keys(drawn.boxes).filter((id) => id.startsWith('n')).length, json.nodes.length)
      assert.match(drawn.boxes['t0']?.join('') ?? '', /^from \S+Z to \S+Z: \d+ of \d+ edges are on this page/)
    }
  }
})

test('a picture of an incomplete graph says so first, and what became of each edge stands at it', async (t) => {
  const { get, pool } = await service(t)
  const hours = (ago: number): string => new Date(Date.now() - ago * 3_600_000).toISOString()
  for (const [job, ago] of [
    ['gone', 30],
    ['new', 2],
  ] as const) {
    const root = await addInvocation(pool, { created_at: hours(ago), source_function: 'f' })
    const id = await addJob(pool, root, { created_at: hours(ago), job_name: job, status: 'failed' })
    await addInvocation(pool, { created_at: hours(ago), source_function: 'g', source_job_id: id })
  }
  const lost = await addJob(pool, await addInvocation(pool), { job_name: 'lost' })
  for (let row = 0; row < 9; row++)
    await addInvocation(pool, {
      source_function: 'h',
      source_event_payload: JSON.stringify({ __sourceJobId: lost }),
    })
  const { boxes, arrows } = await drawnByGraphviz(
    (await get('/dependencies?format=dot&compareTo=previous&change=appeared&change=vanished&limit=3&sort=name')).text,
  )
  assert.match(boxes['t0']?.[0] ?? '', /^Only \d+ % of the links are known/)
  assert.match(boxes['t1']?.[0] ?? '', /: 3 of \d+ edges are on this page; limit and cursor lead to the others$/)
  const labels = arrows.map(([, , text]) => text.split(',')[0])
  assert.ok(labels.includes('vanished') && labels.includes('appeared'), labels.join())
})

test('a diagram of dependencies is asked for by Accept too, and has its own ETag', async (t) => {
  const { get, pool } = await service(t)
  await addExample(pool)
  const json = await get('/dependencies')
  const drawn = await get('/dependencies', { accept: 'text/vnd.graphviz' })
  assert.deepEqual([drawn.status, drawn.headers['content-type']], [200, 'text/vnd.graphviz; charset=utf-8'])
  assert.notEqual(drawn.headers.etag, json.headers.etag)
})
