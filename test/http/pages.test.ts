import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { openPage } from '../support/browser.ts'
import { endpoints } from '../support/endpoints.ts'
import { apiKeys } from '../support/keys.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

test('the first page leads to a real tree of this database', async (t) => {
  const { listen, pool } = await service(t)
  const root = await addInvocation(pool, { source_function: 'on-order-created' })
  const job = await addJob(pool, root)
  await addInvocation(pool, { source_job_id: job, source_function: 'on-payment-captured' })
  const base = await listen()
  const { page, abroad, errors } = await openPage(t)
  await page.goto(base)
  await page.getByRole('link', { name: '/trees/:id (text)' }).click()
  const text = await page.locator('body').innerText()
  assert.match(text, /^on-order-created {2}completed.*\n {2}capture-payment → on-payment-captured/)
  assert.deepEqual({ abroad, errors }, { abroad: [], errors: [] })
})

test('/docs tries a request without leaving the machine', async (t) => {
  const { listen, pool } = await service(t)
  await addInvocation(pool, { source_function: 'on-order-created' })
  const base = await listen()
  const { page, abroad, errors } = await openPage(t)
  await page.goto(`${base}/docs`)
  await page.locator('#operations-invocations-listInvocations').click()
  await page.getByRole('button', { name: 'Execute' }).click()
  await page.locator('.live-responses-table .response-col_description').first().waitFor()
  assert.match(await page.locator('.live-responses-table').innerText(), /on-order-created/)
  assert.deepEqual({ abroad, errors }, { abroad: [], errors: [] })
})

test('/docs is open without a key, has a button for one, and sends what is entered there', async (t) => {
  const { keys, shown } = apiKeys({ name: 'me', scopes: ['read'] })
  const { listen, pool } = await service(t, { credentials: { keys, keysFile: undefined, tokens: undefined } })
  await addInvocation(pool, { source_function: 'on-order-created' })
  const base = await listen()
  const { page, errors } = await openPage(t)
  const answers = async (what: RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'Execute' }).click()
    await page.locator('.live-responses-table', { hasText: what }).waitFor()
  }
  await page.goto(`${base}/docs`)
  await page.locator('#operations-invocations-listInvocations').click()
  await answers(/401[^]*A key or token is needed/)
  await page.getByRole('button', { name: 'Authorize' }).first().click()
  await page.locator('.modal-ux input').fill(shown[0] ?? '')
  await page.locator('.modal-ux').getByRole('button', { name: 'Apply credentials' }).click()
  await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).last().click()
  await answers(/200[^]*on-order-created/)
  assert.deepEqual(errors, [])
})

test('the samples of a database that has been quiet lead to its last day', async (t) => {
  const { get, pool } = await service(t)
  await addInvocation(pool, { created_at: '2026-01-10T12:00:00.123456Z' })
  const { json } = await get<{ endpoints: Array<{ path: string; sample: string }> }>('/')
  const sample = json.endpoints.find(({ path }) => path === '/trees')?.sample ?? ''
  assert.equal(sample, '/trees?from=2026-01-09T12:00:00.123456Z&to=2026-01-10T12:00:00.124456Z')
  const trees = await get<{ data: unknown[] }>(sample)
  assert.equal(trees.json.data.length, 1)
})

/** What / is to list: every endpoint but itself, and the documentation. */
const listed = [
  ...endpoints.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1')).filter((path) => path !== '/'),
  '/trees/:id (text)',
  '/openapi.json',
  '/docs',
].toSorted()

const always = [
  '/totals',
  '/names',
  '/jobs/stats',
  '/functions/stats',
  '/events/stats',
  '/failures',
  '/critical-paths',
  '/shapes',
  '/missing',
  '/health/live',
  '/health/ready',
  '/openapi.json',
  '/docs',
]

/** What the database holds, and which endpoints have a sample then. */
const holdings: Array<[what: string, fill: (pool: pg.Pool) => Promise<unknown>, samples: string[]]> = [
  ['nothing', async () => undefined, []],
  [
    'an invocation',
    (pool) => addInvocation(pool),
    [
      '/trees',
      '/trees/:id',
      '/trees/:id (text)',
      '/trees/:id/nodes',
      '/trees/:id/critical-path',
      '/trees/:id/failures',
      '/trees/:id/compare',
      '/invocations',
      '/invocations/:id',
      '/search',
    ],
  ],
  [
    'an invocation that is not over, and a job of long ago',
    async (pool) =>
      addJob(pool, await addInvocation(pool, { status: 'running', total_duration_ms: null }), {
        created_at: '2020-01-01T00:00:00Z',
      }),
    [
      '/trees',
      '/trees/:id',
      '/trees/:id (text)',
      '/trees/:id/nodes',
      '/trees/:id/critical-path',
      '/trees/:id/failures',
      '/trees/:id/compare',
      '/invocations',
      '/invocations/:id',
      '/jobs',
      '/jobs/:id',
      '/events',
      '/events/:id',
      '/search',
    ],
  ],
  [
    'a link whose root and job are months older',
    async (pool) => {
      const root = await addInvocation(pool, { created_at: '2026-01-10T12:00:00.123456Z' })
      await addInvocation(pool, {
        source_job_id: await addJob(pool, root, { created_at: '2026-01-10T12:00:01Z' }),
        created_at: '2026-05-01T00:00:00Z',
      })
    },
    [
      '/trees',
      '/trees/:id',
      '/trees/:id (text)',
      '/trees/:id/nodes',
      '/trees/:id/critical-path',
      '/trees/:id/failures',
      '/trees/:id/compare',
      '/chains',
      '/dependencies',
      '/invocations',
      '/invocations/:id',
      '/jobs',
      '/jobs/:id',
      '/events',
      '/events/:id',
      '/search',
    ],
  ],
  [
    'its own descendant',
    async (pool) => {
      const id = await addInvocation(pool)
      await pool.query('update invocations set source_job_id = $1 where id = $2', [await addJob(pool, id), id])
    },
    [
      '/trees/:id',
      '/trees/:id (text)',
      '/trees/:id/nodes',
      '/trees/:id/critical-path',
      '/trees/:id/failures',
      '/trees/:id/compare',
      '/chains',
      '/dependencies',
      '/invocations',
      '/invocations/:id',
      '/jobs',
      '/jobs/:id',
      '/events',
      '/events/:id',
      '/search',
    ],
  ],
  [
    'what lies ahead of the clock, or of every clock',
    async (pool) => {
      for (const created_at of ['2190-01-01T00:00:00Z', 'infinity', '-infinity'])
        await addInvocation(pool, { created_at })
    },
    [],
  ],
]

for (const [what, fill, expected] of holdings) {
  test(`the samples of / lead to something in a database that holds ${what}`, async (t) => {
    const { get, pool } = await service(t)
    await fill(pool)
    const {
      json: { endpoints },
    } = await get<{ endpoints: Array<{ path: string; sample: string | null }> }>('/')
    assert.deepEqual(
      endpoints.filter(({ sample }) => sample !== null).map(({ path }) => path),
      [...expected, ...always],
      `what / has a sample for, in its order, in a database that holds ${what}: sampleUrls in src/http/links.ts, and the list beside this one in the test`,
    )
    assert.deepEqual(
      endpoints.map(({ path }) => path).toSorted(),
      listed,
      'each endpoint has one line in src/http/api/home/home.ts',
    )
    for (const { sample } of endpoints) {
      if (sample === null) continue
      const { status, json, text } = await get<{ data?: unknown[] } | undefined>(sample)
      assert.equal(status, 200, `${sample}: ${text}`)
      // That nothing ran or failed is an answer too.
      if (
        json?.data !== undefined &&
        !/^\/(failures|missing|shapes|critical-paths|totals|names|\w+\/stats)\b/.test(sample)
      )
        assert.ok(json.data.length > 0, `${sample} shows nothing`)
    }
    const links = [...(await get('/?format=html')).text.matchAll(/<a href="([^"]*)">/g)].map(([, href = '']) =>
      href.replaceAll('&#38;', '&'),
    )
    assert.deepEqual(
      links,
      endpoints.flatMap(({ sample }) => sample ?? []),
      'the page links to the same',
    )
  })
}
