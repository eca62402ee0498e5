import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import type { Page } from 'playwright-core'
import { barriers, dashboard } from '../support/dashboard.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { until } from '../support/until.ts'

/** An order whose payment fails, whose parcel crashes after a wait, and whose mail runs still. */
async function addOrder(pool: pg.Pool): Promise<{ order: string; pay: string; parcel: string }> {
  const began = Date.now() - 2000
  const at = (ms: number): string => new Date(began + ms).toISOString()
  const change = { event: { data: { old: { id: 7, total: 5 }, new: { id: 7, total: 9 } } } }
  const order = await addInvocation(pool, {
    created_at: at(0),
    source_function: 'on-order',
    source_table: 'public.orders',
    correlation_id: 'order 7/é',
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
  const ship = await addJob(pool, order, { created_at: at(11), job_name: 'ship', duration_ms: 100 })
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

/** Waits until these steps are listed. */
async function lists(page: Page, names: string[]): Promise<void> {
  await until(`the steps ${names.join(', ')}`, async () =>
    isDeepStrictEqual(await page.locator('[role=treeitem] .row-title').allTextContents(), names),
  )
}

/** Waits until this step is selected. */
function selects(page: Page, name: string): Promise<void> {
  return page.locator('[role=treeitem][aria-selected=true]').getByText(name, { exact: true }).waitFor()
}

const view = (page: Page, name: string) => page.getByRole('group', { name: 'View' }).getByRole('button', { name })

test('a tree is shown as waterfall, graph and text, which share the selection, by mouse and by keyboard', async (t) => {
  const { page, open, pool } = await dashboard(t)
  const { order, pay, parcel } = await addOrder(pool)
  await open(`/trees/${parcel}`)
  await page.getByRole('tree').waitFor()
  await lists(page, ['on-order', 'pay', 'ship', 'on-parcel', 'on-mail'])
  await selects(page, 'on-parcel')
  await page.getByText('199 ms before it started').waitFor()
  assert.equal(await page.locator('.timebar-wait').count(), 2)
  assert.equal(await page.locator('.timebar-running').count(), 1)
  await page.getByText(/critical path: /).waitFor()
  assert.ok((await page.locator('.critical').count()) > 1)
  assert.deepEqual(await barriers(page), [])

  await page.keyboard.press('n')
  await selects(page, 'pay')
  await page.getByLabel('Error').getByText('card declined').waitFor()
  await page.keyboard.press('n')
  await selects(page, 'on-parcel')
  await page.getByText('Crashed in packed', { exact: true }).waitFor()
  await page.getByRole('tree').focus()
  await page.keyboard.press('ArrowUp')
  await selects(page, 'ship')
  await page.keyboard.press('ArrowLeft')
  await lists(page, ['on-order', 'pay', 'ship'])
  await page.keyboard.press('z')
  await lists(page, ['ship'])
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  await lists(page, ['on-order', 'pay', 'ship', 'on-parcel', 'on-mail'])

  await page.keyboard.press('/')
  await page.keyboard.type('DECLINED')
  await page.getByText('1 of 1').waitFor()
  await selects(page, 'pay')
  assert.ok(!page.url().includes('DECLINED'), 'what is typed stays out of the URL')

  await view(page, 'Graph').click()
  await page.getByRole('img', { name: 'The tree as a picture' }).waitFor()
  await selects(page, 'pay')
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
  await lists(page, ['on-parcel'])
})

/** 10,050 invocations: five levels of 20 below the one of each level that began last, and a last one of 9,950, of which the last one fails. Its root, and the one that fails. */
async function addLarge(pool: pg.Pool): Promise<{ root: string; failing: string }> {
  let job: string | null = null
  const ids: string[] = []
  for (let level = 0; level < 5; level++) {
    const begin = Date.now() - 60_000 + level * 1000
    const at = new Date(begin).toISOString()
    const later = new Date(begin + 500).toISOString()
    const under: string | null = job
    // The last of its level, so that what the service cut stands at the end of the whole tree.
    const first = await addInvocation(pool, {
      created_at: later,
      source_function: `level-${level}`,
      source_job_id: under,
    })
    ids.push(first)
    job = await addJob(pool, first, { created_at: later })
    for (let beside = 0; beside < 19; beside++)
      await addInvocation(pool, { created_at: at, source_function: 'beside', source_job_id: under ?? job })
  }
  await pool.query(
    `insert into invocations (created_at, source_function, source_event_payload, source_job_id, status, total_duration_ms)
     select now() - interval '50 seconds' + n * interval '1 millisecond', 'wide-' || n, '{}', $1, case n when 9950 then 'failed' else 'completed' end, n
       from generate_series(1, 9950) n`,
    [job],
  )
  const { rows } = await pool.query<{ id: string }>(`select id from invocations where source_function = 'wide-9950'`)
  return { root: ids[0] ?? '', failing: rows[0]?.id ?? '' }
}

test('a tree of more than 10,000 invocations is folded, read and opened on demand, searched and drawn, and holds few elements', async (t) => {
  const { page, open, pool } = await dashboard(t)
  const { root, failing } = await addLarge(pool)
  await open(`/trees/${root}`)
  await page.getByRole('tree').waitFor()
  await page.getByText('10,000 invocations', { exact: true }).waitFor()
  const elements = () => page.locator('[role=treeitem]').count()
  assert.ok((await elements()) < 100)
  await page.getByText('it was cut at 10,000 invocations').waitFor()
  await page.getByRole('button', { name: 'Unfold' }).click()
  await page.getByRole('tree').press('End')
  await page.getByRole('button', { name: 'Read + 50 more invocations' }).first().click()
  await page.getByText('10,050 invocations', { exact: true }).waitFor()
  await page.keyboard.press('n')
  await selects(page, 'wide-9950')
  assert.ok(page.url().includes(failing))
  assert.ok((await elements()) < 100, 'rows that are out of view are not there')
  await page.keyboard.press('/')
  await page.keyboard.type('wide-42')
  await page.getByText('1 of 111').waitFor()
  await selects(page, 'wide-42')
  await page.keyboard.press('Enter')
  await selects(page, 'wide-420')
  await view(page, 'Graph').click()
  const colours = `new Set(document.querySelector('canvas')?.getContext('2d').getImageData(0, 0, 500, 500).data).size`
  await until('something is drawn', async () => (await page.evaluate<number>(colours)) > 20)
  assert.ok((await elements()) < 100)
})

test('the details show what the event changed to who may read payloads, and a tree is saved as a file', async (t) => {
  const { page, open, pool } = await dashboard(t, { anonymousScopes: ['read', 'read:payload'] })
  const { order, pay } = await addOrder(pool)
  await open(`/trees/${order}`)
  await page.getByRole('button', { name: /Show what is personal/ }).click()
  await page.getByRole('row', { name: 'total 5 9' }).waitFor()
  await page.getByText('1 field stayed as before.').waitFor()
  assert.deepEqual(await barriers(page), [])
  await page.getByRole('treeitem', { name: 'pay' }).click()
  await page.getByText('at pay.ts:7').waitFor()
  assert.match(page.url(), new RegExp(`selected=${pay}`))

  const saved = async (form: string): Promise<Buffer> => {
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('group', { name: 'Export' }).getByRole('button', { name: form, exact: true }).click()
    return readFile(await (await download).path())
  }
  assert.equal((JSON.parse(String(await saved('JSON'))) as { id: string }).id, order)
  assert.match(String(await saved('Mermaid')), /^flowchart LR/)
  for (const picture of ['Waterfall', 'Graph']) {
    assert.match(String(await saved(`${picture}, SVG`)), /^<svg .*>on-parcel/s)
    assert.deepEqual((await saved(`${picture}, PNG`)).subarray(1, 4), Buffer.from('PNG'))
  }
  assert.match(String(await saved('Text')), /├─ job pay/)
})

test('without that scope the details say so, and on 390 pixels they lie over the steps', async (t) => {
  const { page, open, pool } = await dashboard(t)
  const { order } = await addOrder(pool)
  await page.setViewportSize({ width: 390, height: 844 })
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await open(`/trees/${order}?view=graph`)
    await page.getByRole('treeitem', { name: 'pay' }).click()
    await page.keyboard.press('Enter')
    const details = page.getByRole('complementary', { name: 'Details of the selected step' })
    await details.getByText('card declined').waitFor()
    await details.getByText(/are for keys with the scope/).waitFor()
    assert.deepEqual(await barriers(page), [])
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
    await details.getByRole('button', { name: 'Close' }).click()
    await details.waitFor({ state: 'detached' })
  }
})

test('a comparison, a record and a correlation id have views of their own, to which a tree leads', async (t) => {
  const { page, open, pool } = await dashboard(t, { anonymousScopes: ['read', 'read:payload'] })
  const { order } = await addOrder(pool)
  const usual = await addInvocation(pool, { source_function: 'on-order' })
  await addJob(pool, usual, { job_name: 'bill' })

  await open(`/trees/${order}`)
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await page
    .getByText(/Fewer than 20|There must be 20|there must be 20/i)
    .first()
    .waitFor()
  await page.getByLabel('Id or URL of another tree').fill(`https://elsewhere.example/#/trees/${usual}?view=graph`)
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(`with=${usual}`))
  await page.getByRole('row', { name: /missing bill job/ }).waitFor()
  assert.deepEqual(await barriers(page), [])
  await page.getByRole('link', { name: 'pay', exact: true }).first().click()
  await selects(page, 'pay')

  await page.getByRole('treeitem', { name: 'on-order' }).click()
  await page.getByRole('button', { name: /Show what is personal/ }).click()
  await page.getByRole('link', { name: /orders:7/ }).click()
  await page.getByRole('row', { name: /on-order.*pay failed: card declined/ }).waitFor()
  assert.deepEqual(await barriers(page), [])
  await page.goBack()
  await page.getByRole('link', { name: 'order 7/é', exact: true }).click()
  await page.getByRole('row', { name: /on-order.*pay failed: card declined/ }).waitFor()
  assert.deepEqual(await barriers(page), [])
})
