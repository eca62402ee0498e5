import assert from 'node:assert/strict'
import test from 'node:test'
import { loadDemo } from '../../src/demo/load.ts'
import { dashboard } from '../support/dashboard.ts'

/** A click, a key chord, or a text that is typed. */
type Interaction = () => Promise<unknown>

test('the eight questions of docs/on-call.md are answered by three interactions each, from the overview on', async (t) => {
  const { page, open, pool } = await dashboard(t)
  await loadDemo(pool.options.connectionString ?? '', { invocations: 1500, seed: 1 })
  const { rows } = await pool.query<{ id: string }>(
    `select source_event_payload::jsonb #>> '{event,data,new,id}' as id
       from invocations
      where source_table = 'public.orders'
        and source_event_payload::jsonb #>> '{event,data,new,id}' is not null
      order by created_at desc
      limit 1`,
  )
  const order = `orders:${rows[0]?.id}`
  const link = (name: string | RegExp) => page.getByRole('link', { name, exact: true }).first()
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const follow =
    (name: string): Interaction =>
    () =>
      link(name).click()
  const press =
    (name: string): Interaction =>
    () =>
      button(name).click()
  const slash: Interaction = () => page.keyboard.press('/')
  const type: Interaction = () => page.keyboard.type(order)
  const firstOf =
    (panel: string): Interaction =>
    () =>
      page.getByRole('region', { name: panel }).locator('.row-link').first().click()
  const newestFailure = firstOf('Newest causes of failure')

  const questions: Array<[question: string, does: Interaction[], shown: string]> = [
    ['Which jobs lead to which functions?', [follow('Dependencies'), press('Both')], '.graph-function'],
    ['What is stuck, and since when?', [firstOf('Stuck runs')], '.status-stale'],
    [
      'Which completed invocations hide a crash?',
      [follow('Failures'), press('Crashed handlers')],
      '.tag.status-crashed',
    ],
    ['What is different today from yesterday?', [follow('Dependencies'), press('Changed')], 'td .tag'],
    ['Which failure came first in this tree, and what still ran below it?', [newestFailure], '.verdict'],
    ['What made this tree take so long: which job, or which wait?', [newestFailure], 'text=/critical path/'],
    [
      'Where is my order: which job failed, or never ran, and why?',
      [slash, type, () => page.keyboard.press('Enter')],
      '[role=treeitem]',
    ],
    ['What happened to this record?', [slash, type], '.search .row-link'],
  ]
  assert.equal(questions.length, 8)
  for (const [question, does, shown] of questions) {
    assert.ok(does.length <= 3, question)
    await open('/nowhere')
    await open('/?window=31d')
    await page.getByRole('region', { name: 'Stuck runs' }).locator('.row-link').first().waitFor()
    await page.getByRole('region', { name: 'Newest causes of failure' }).locator('.row-link').first().waitFor()
    for (const interaction of does) {
      // The answer to what was typed comes by itself.
      if (interaction !== does[0] && does[0] === slash && interaction !== type)
        await page.locator('.search .row-link').first().waitFor()
      await interaction()
    }
    await page
      .locator(shown)
      .first()
      .waitFor()
      .catch(() => assert.fail(`${question}: ${shown} is not shown at ${page.url()}`))
  }
  const kept = await page.evaluate<string>(
    'JSON.stringify([location.href, Object.values(localStorage), Object.values(sessionStorage)])',
  )
  assert.equal(kept.includes(order), false, 'what was typed is kept nowhere')
})
