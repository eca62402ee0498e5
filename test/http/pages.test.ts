import assert from 'node:assert/strict'
import test from 'node:test'
import { openPage } from '../support/browser.ts'
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

test('every link of the first page works, also of an empty database', async (t) => {
  const { listen } = await service(t)
  const base = await listen()
  const { page } = await openPage(t)
  await page.goto(base)
  const links = await page.locator('a').evaluateAll((anchors) => anchors.map((anchor) => (anchor as unknown as { href: string }).href))
  assert.ok(links.length >= 12)
  for (const link of links) {
    const { status } = await fetch(link)
    assert.ok([200, 404].includes(status), `${link} answered ${status}`)
  }
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
