import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { loadDemo } from '../../src/demo/load.ts'
import { barriers, dashboard, type Dashboard } from '../support/dashboard.ts'
import { apiKeys } from '../support/keys.ts'
import { memoryLog } from '../support/log.ts'
import { addKeptLink } from '../support/rows.ts'
import type { Settings } from '../support/service.ts'
import { until } from '../support/until.ts'

/** A view, and what it shows of the demo data once its answer is there. */
const views: Array<[hash: string, title: string, shows: string]> = [
  ['/', 'Overview', '.tile-value'],
  ['/failures?window=31d', 'Failures', 'tbody tr'],
  ['/chains?window=31d', 'Chains', '.chain-item'],
  ['/dependencies?window=31d', 'Dependencies', '.graph-node'],
  ['/missing?window=7d', 'Missing steps', '.answered'],
  ['/shapes?window=7d', 'Shapes', 'tbody tr'],
  ['/jobs?window=31d&name=send-email', 'Jobs', 'tbody tr'],
  ['/links?window=31d', 'Links', 'tbody tr'],
]

async function withDemo(t: TestContext, settings: Partial<Settings> = {}, invocations = 400): Promise<Dashboard> {
  const shown = await dashboard(t, settings)
  await loadDemo(shown.pool.options.connectionString ?? '', { invocations, seed: 1 })
  const { rows } = await shown.pool.query<{ id: string }>('select id from invocations order by created_at desc limit 1')
  await addKeptLink(shown.pool, rows[0]?.id ?? '', { state: 'severed' })
  return shown
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
/** What is shown answers what is asked. */
async function settled(page: Page): Promise<void> {
  await page.locator('tbody tr').first().waitFor()
  await until('the answer is there', async () => (await page.locator('[aria-busy=true]').count()) === 0)
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

test('every view shows the demo data without barriers, in light and dark, on a screen and on a phone', async (t) => {
  const { page, open, errors } = await withDemo(t, {}, 1500)
  for (const [hash, title, shows] of views) {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.emulateMedia({ colorScheme: 'light' })
    await open(hash)
    await heading(page, title).waitFor()
    await page.locator(shows).first().waitFor()
    assert.deepEqual(await barriers(page), [], `${hash}, light`)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator(shows).first().waitFor()
    assert.deepEqual(await barriers(page), [], `${hash}, dark, at 390 px`)
    assert.ok((await overflow(page)) <= 0, `${hash} is wider than a phone`)
  }
  assert.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0, 'looking keeps nothing')
  // On a machine that is busy with other tests an answer may come too late; the page asks again.
  errors.splice(0, errors.length, ...errors.filter((error) => !/50[34]/.test(error)))
})

test('the URL holds the window and the filters, and the window goes along from view to view', async (t) => {
  const { page, open } = await withDemo(t)
  await open('/')
  await page.getByRole('button', { name: '31d' }).click()
  await page.getByRole('link', { name: 'Failures', exact: true }).click()
  await heading(page, 'Failures').waitFor()
  await page.getByRole('button', { name: 'Crashed handlers' }).click()
  await page.waitForURL(/#\/failures\?(?=.*window=31d)(?=.*kind=event)/)
  await settled(page)
  const causes = await page.locator('.cause').allTextContents()
  await page.reload()
  await page.locator('tbody tr').first().waitFor()
  assert.deepEqual(await page.locator('.cause').allTextContents(), causes, 'who opens the URL sees the same')
  await page
    .getByRole('link', { name: /ago ?: a tree/ })
    .first()
    .click()
  await page.waitForURL(/#\/trees\/[0-9a-f-]{36}\?/)
  await page.goBack()
  await heading(page, 'Failures').waitFor()

  await page.getByRole('button', { name: 'Custom' }).click()
  await page.getByLabel(/^From/).fill('2026-01-02T03:04:05')
  await page.getByLabel('To', { exact: true }).fill('2026-01-03T03:04:05')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.waitForURL(/from=2026-01-02T.*to=2026-01-03T/)
  await page.getByText('Nothing failed').waitFor()
})

test('links are read page by page while one scrolls, and only those in sight are in the page', async (t) => {
  const { page, open } = await withDemo(t, {}, 1500)
  await open('/chains?window=31d')
  await page.locator('.chain-item').first().waitFor()
  await until('the last link is read', async () => {
    await page.mouse.wheel(0, 20_000)
    return (await page.getByText('These are all links of the window').count()) > 0
  })
  const all = Number((await page.locator('.view-head .muted').innerText()).replace(/\D/g, ''))
  assert.ok(all > 400, `${all} links`)
  assert.ok((await page.locator('.chain-item').count()) < 100)
  await page.getByLabel('Filter by').selectOption('Status')
  await page.getByLabel('Value of Status').fill('failed')
  await page.keyboard.press('Enter')
  await page.waitForURL(/status=failed/)
  await page.locator('.chain-item').first().waitFor()
  assert.deepEqual(new Set(await page.locator('.chain-status').allTextContents()), new Set(['failed']))
  await page.getByRole('button', { name: 'Remove the filter Status: failed' }).click()
  await page.waitForURL((url) => !url.href.includes('status'))
})

test('a key is asked for, kept in the tab alone, and sent to the service alone', async (t) => {
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'dashboards', scopes: ['read'] })
  const { page, open, errors } = await withDemo(t, { credentials: { keys, keysFile: undefined, tokens: undefined } })
  await open('/')
  const dialog = page.getByRole('dialog', { name: 'A key is needed' })
  await dialog.waitFor()
  assert.deepEqual(await barriers(page), [])
  await dialog.getByLabel('Key or token').fill('edo_wrong')
  await page.keyboard.press('Enter')
  await dialog.getByText('is not taken').waitFor()
  await dialog.getByLabel('Key or token').fill(key)
  await page.keyboard.press('Enter')
  await page.locator('.tile-value').first().waitFor()
  assert.equal(await dialog.isVisible(), false)
  const elsewhere = await page.evaluate<string>(
    'JSON.stringify([location.href, Object.values(localStorage), document.cookie])',
  )
  assert.equal(elsewhere.includes(key), false)
  assert.ok((await page.evaluate<string>('JSON.stringify(Object.values(sessionStorage))')).includes(key))
  // The browser tells each 401 as an error of its own.
  assert.ok(
    errors.every((error) => /401/.test(error)),
    errors.join('\n'),
  )
  errors.length = 0
})

test('while the service is away the page says so and keeps what it shows, and goes on when it is back', async (t) => {
  const stage: Settings['stage'] = { name: 'ready' }
  const { page, open, errors } = await withDemo(t, { stage })
  await page.clock.install()
  await open('/')
  await page.locator('.tile-value').first().waitFor()
  stage.name = 'migrating'
  await page.clock.runFor(16_000)
  await page.getByText('The service is migrating').first().waitFor()
  assert.ok((await page.locator('.tile-value').count()) > 0)
  stage.name = 'ready'
  await until('the page says nothing of it any more', async () => {
    await page.clock.runFor(4000)
    return (await page.getByText('The service is migrating').count()) === 0
  })
  assert.ok(
    errors.every((error) => /503/.test(error)),
    errors.join('\n'),
  )
  errors.length = 0
})

test('nothing is asked for while the tab is hidden, or the pointer rests on a list', async (t) => {
  const { page, open } = await withDemo(t)
  await page.clock.install()
  await open('/failures?window=31d')
  await page.locator('tbody tr').first().waitFor()
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('/failures?')) asked++
  })
  await page.clock.runFor(16_000)
  await until('it asks again', () => asked > 0)
  const before = asked
  await page.locator('tbody tr').first().hover()
  await page.clock.runFor(60_000)
  assert.equal(asked, before, 'the pointer rests on the list')
  await page.mouse.move(700, 5)
  await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true })`)
  await page.clock.runFor(60_000)
  assert.equal(asked, before, 'the tab is hidden')
  await page.evaluate(`Object.defineProperty(document, 'hidden', { value: false, configurable: true })`)
  await page.clock.runFor(16_000)
  await until('it asks again', () => asked > before)
})

test('what did not change is not sent again, and is told as confirmed all the same', async (t) => {
  const { log, requests } = memoryLog()
  const { page, open } = await withDemo(t, { log })
  await page.clock.install()
  await open('/failures?window=31d')
  await settled(page)
  const asOf = async (): Promise<number> =>
    Date.parse((await page.locator('.as-of time').getAttribute('datetime')) ?? '')
  const first = await asOf()
  await page.clock.runFor(16_000)
  await until('the service answers with 304', () =>
    requests().some(({ route, status }) => route === '/failures' && status === 304),
  )
  await until('the page tells the time of the second answer', async () => (await asOf()) >= first + 15_000)
})

test('what is searched for is found while one types, by keyboard alone, and is kept nowhere', async (t) => {
  const { page, open } = await withDemo(t)
  await open('/jobs?window=31d')
  await settled(page)
  await page.keyboard.press('/')
  const dialog = page.getByRole('dialog', { name: 'Search' })
  await dialog.waitFor()
  await page.keyboard.type('send-em')
  await dialog
    .getByRole('region', { name: 'Names' })
    .getByRole('link', { name: /^send-email/ })
    .first()
    .waitFor()
  assert.deepEqual(await barriers(page), [])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/jobs\?(?=.*name=send-email)/)
  await until('the dialog is closed', async () => !(await dialog.isVisible()))
  await page.keyboard.press('Control+k')
  await dialog.getByRole('searchbox').fill('nothing-has-this-name')
  await dialog.getByText('Nothing was found').waitFor()
  const kept =
    'JSON.stringify([location.href, Object.values(localStorage), Object.values(sessionStorage), document.title])'
  assert.doesNotMatch(await page.evaluate<string>(kept), /nothing-has/)
})

test('by keyboard alone: past the navigation, through the views, and to the settings', async (t) => {
  const { page, open } = await withDemo(t)
  await open('/')
  await page.locator('.tile-value').first().waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to the content')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement?.tagName'), 'MAIN')
  await page.getByRole('link', { name: 'Jobs', exact: true }).focus()
  await page.keyboard.press('Enter')
  await heading(page, 'Jobs').waitFor()
  await page.getByRole('button', { name: /settings/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('UTC', { exact: true }).check()
  await page.getByLabel('Dark').check()
  await page.getByText(/as of .* UTC/).waitFor()
  assert.equal(await page.evaluate('getComputedStyle(document.body).colorScheme'), 'dark')
  await page.reload()
  await page.getByText(/as of .* UTC/).waitFor()
})
