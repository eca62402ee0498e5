import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { loadDemo } from '../../src/demo/load.ts'
import { run } from '../support/serve.ts'
import { dashboard } from '../support/dashboard.ts'
import { until } from '../support/until.ts'

/** `npm run screenshots`: each view as docs/screenshots shows it, on a screen and on a phone, in light and in dark. Look at them before you commit. */

const FOLDER = join(import.meta.dirname, '../../docs/screenshots')
/** On the tree of README.md, whose ids are the same on every machine. */
const TREE = 'cefc9347-a343-411a-bf8e-35a05363936b'

/** How many colours the canvas has. */
const colours = `new Set(document.querySelector('canvas').getContext('2d').getImageData(0, 0, 600, 600).data).size`

const pictures: Array<[name: string, hash: string, shows: string, width: number, colours: 'light' | 'dark']> = [
  ['overview', '/', '.uplot', 1440, 'light'],
  ['overview-dark', '/', '.uplot', 1440, 'dark'],
  ['overview-phone', '/', '.uplot', 390, 'dark'],
  ['failures', '/failures?window=7d', 'tbody tr', 1440, 'light'],
  ['chains', '/chains?window=7d', '.chain-item', 1440, 'dark'],
  ['dependencies', '/dependencies?window=7d', '.graph-node', 1440, 'light'],
  ['missing', '/missing?window=24h', '.answered', 1440, 'light'],
  ['shapes', '/shapes?window=24h', 'tbody tr', 1440, 'dark'],
  ['comparison', '/trees/SLOW/compare', '.shape-line', 1440, 'light'],
  ['jobs', '/jobs?window=7d&sort=-p95', 'tbody tr', 1440, 'light'],
  ['links', '/links?window=7d', 'tbody tr', 1440, 'dark'],
  ['tree-waterfall', `/trees/${TREE}`, '[role=treeitem]', 1440, 'light'],
  ['tree-graph', `/trees/${TREE}?view=graph`, 'canvas', 1440, 'dark'],
  ['tree-phone', `/trees/${TREE}`, '[role=treeitem]', 390, 'light'],
]

test('the pictures of docs/dashboard.md', async (t) => {
  const { page, open, pool } = await dashboard(t)
  const url = pool.options.connectionString ?? ''
  await loadDemo(url, { invocations: 20_000, seed: 1 })
  const scan = await run(t, ['links', 'scan'], { DATABASE_URL: url })
  assert.equal(await scan.ended(), 0)
  // The import of the last day that took a minute.
  const { rows } = await pool.query<{ id: string }>(
    `select job.invocation_id as id
       from public.invocations as slow
       join public.job_executions as job on job.id = slow.source_job_id
      where slow.source_function = 'on-statement-created'
        and slow.total_duration_ms > 60000`,
  )
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, hash, shows, width, colorScheme] of pictures) {
    await page.setViewportSize({ width, height: width > 1000 ? 900 : 844 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await open('/nowhere')
    await open(hash.replace('SLOW', rows[0]?.id ?? TREE))
    await page.locator(shows).first().waitFor()
    await until('all of it is there', async () => (await page.locator('.loading, .asking-now').count()) === 0)
    if (shows === 'canvas') await until('the graph is drawn', async () => (await page.evaluate<number>(colours)) > 20)
    await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: 74 })
  }
})
