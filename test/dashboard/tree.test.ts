import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import type { Page } from 'playwright-core'
import { barriers, dashboard } from '../support/dashboard.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'

/** An order whose payment fails, whose parcel crashes after a wait, and whose mail runs still. */
async function addOrder(pool: pg.Pool): Promise<{ order: string; pay: string; parcel: string }> {
  const began = Date.now() - 2000
  const at = (ms: number): string => new Date(began + ms).toISOString()
  const change = { event: { data: { old: { id: 7, total: 5 }, new: { id: 7, total: 9 } } } }
  const order = await addInvocation(pool, {
    created_at: at(0),
    source_function: 'on-order',
    total_duration_ms: 400,
    source_event_payload: JSON.stringify(change),
  })
  const pay = await addJob(pool, order, {
    created_at: at(10),
    job_name: 'pay',
    status: 'failed',
    error_message: 'card declined',
    error_stack: 'at pay.ts:7',
  })
  const ship = await addJob(pool, order, { created_at: at(10), job_name: 'ship', duration_ms: 100 })
  const parcel = await addInvocation(pool, { created_at: at(310), source_function: 'on-parcel', source_job_id: ship })
  await addEvent(pool, parcel, {
    created_at: at(320),
    event_name: 'packed',
    status: 'handler_failed',
    handler_error: 'no box',
  })
  await addInvocation(pool, {
    created_at: at(900),
    updated_at: at(1900),
    source_function: 'on-mail',
    source_job_id: ship,
    status: 'running',
    total_duration_ms: null,
  })
  return { order, pay, parcel }
}

const names = (page: Page): Promise<string[]> => page.locator('[role=treeitem] .row-title').allTextContents()
const selected = (page: Page): Promise<string> =>
  page.locator('[role=treeitem][aria-selected=true] .row-title').innerText()
const view = (page: Page, name: string) => page.getByRole('group', { name: 'View' }).getByRole('button', { name })

test('a tree is shown as waterfall, graph and text, which share the selection, by mouse and by keyboard', async (t) => {
  const { page, open, pool } = await dashboard(t)
  const { order, pay, parcel } = await addOrder(pool)
  await open(`/trees/${parcel}`)
  await page.getByRole('tree').waitFor()
  assert.deepEqual(await names(page), ['on-order', 'pay', 'ship', 'on-parcel', 'on-mail'])
  assert.equal(await selected(page), 'on-parcel', 'what the URL names is selected, in the tree from its root')
  await page.getByText('200 ms before it started').waitFor()
  assert.equal(await page.locator('.timebar-wait').count(), 2)
  assert.equal(await page.locator('.timebar-running').count(), 1)
  await page.getByText(/critical path: /).waitFor()
  assert.ok((await page.locator('.critical').count()) > 1)
  assert.deepEqual(await barriers(page), [])

  await page.keyboard.press('n')
  assert.equal(await selected(page), 'pay')
  await page.getByLabel('Error').getByText('card declined').waitFor()
  await page.keyboard.press('n')
  assert.equal(await selected(page), 'on-parcel')
  await page.getByText('Crashed in packed', { exact: true }).waitFor()
  await page.getByRole('tree').focus()
  await page.keyboard.press('ArrowUp')
  assert.equal(await selected(page), 'ship')
  await page.keyboard.press('ArrowLeft')
  assert.deepEqual(await names(page), ['on-order', 'pay', 'ship'])
  await page.keyboard.press('z')
  assert.deepEqual(await names(page), ['ship'])
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  assert.deepEqual(await names(page), ['on-order', 'pay', 'ship', 'on-parcel', 'on-mail'])

  await page.keyboard.press('/')
  await page.keyboard.type('DECLINED')
  await page.getByText('1 of 1').waitFor()
  assert.equal(await selected(page), 'pay')
  assert.ok(!page.url().includes('DECLINED'), 'what is typed stays out of the URL')

  await view(page, 'Graph').click()
  await page.getByRole('img', { name: 'The tree as a picture' }).waitFor()
  assert.equal(await selected(page), 'pay')
  assert.deepEqual(await barriers(page), [])
  assert.match(page.url(), new RegExp(`view=graph`))
  assert.match(page.url(), new RegExp(`selected=${pay}`))

  await page.keyboard.press('3')
  await page.keyboard.press('Escape')
  await page.keyboard.press('3')
  const text = page.getByLabel('The tree as text')
  await text.waitFor()
  assert.match(await text.innerText(), /├─ job pay {2}failed {2}50 ms {2}"card declined"/)
  assert.equal(await text.locator('mark').innerText(), (await text.innerText()).split('\n')[1])
  assert.deepEqual(await barriers(page), [])

  await open(`/trees/${order}?view=graph&selected=${pay}&zoom=${parcel}`)
  await page.reload()
  await page.getByRole('tree').waitFor()
  assert.deepEqual(await names(page), ['on-parcel'], 'a pasted URL shows the same part')
})
