import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import type pg from 'pg'
import { loadDemo } from '../src/demo/load.ts'
import { service, type Service } from './support/service.ts'

const page = readFileSync(new URL('../docs/on-call.md', import.meta.url), 'utf8')

/** The requests of the page, each with the answer below it. */
const asked = [...page.matchAll(/^curl 'http:\/\/127\.0\.0\.1:3000([^']+)'\n```\n```json\n(.*?)^```$/gms)].map(
  ([, path = '', shown = '']) => ({ path, shown: JSON.parse(shown) as unknown }),
)

/** The names of all fields, however deep; lists count by their first item. */
function fieldsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return fieldsOf(value[0], `${at}[]`)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, below]) => [`${at}.${name}`].concat(fieldsOf(below, `${at}.${name}`)))
}

test('each question of docs/on-call.md is answered on demo data, by two requests at most, with the fields that the page shows', async (t) => {
  const { get, pool, url } = await service(t)
  await loadDemo(url, { invocations: 4000, seed: 1 })
  const questions = page.split(/^## /m).slice(1)
  assert.equal(questions.length, 11)
  for (const question of questions) {
    const requests = question.match(/^curl /gm)?.length ?? 0
    assert.ok(requests >= 1 && requests <= 2, question.split('\n')[0])
  }
  // Among 4,000 invocations of 30 days, and not of one, everything that the page shows has come about.
  const { rows } = await pool.query<{ from: string; to: string }>(
    `select to_jsonb(now() - interval '14 days') #>> '{}' as from, to_jsonb(now()) #>> '{}' as to`,
  )
  const window = new URLSearchParams(rows[0]).toString()
  for (const { path, shown } of asked) {
    if (path.includes('38451')) {
      await assertSomeRecordShows(get, pool, path, fieldsOf(shown))
      continue
    }
    if (path.startsWith('/trees/')) {
      await assertSomeTreeShows(get, `/trees?${window}&status=failed&limit=1000`, path, fieldsOf(shown))
      continue
    }
    const { status, json, text } = await get<{ data: unknown[] }>(
      /stale=|window=/.test(path) ? path : `${path}&${window}`,
    )
    assert.equal(status, 200, `${path}: ${text}`)
    assert.equal(json.data.length, 1, `${path} shows nothing`)
    const missing = fieldsOf(shown).filter((field) => !fieldsOf(json).includes(field))
    assert.deepEqual(
      missing.filter((field) => !/\.(lagMs|durationMs|previous)\./.test(field)),
      [],
      `${path}: fields of the page that the answer lacks`,
    )
  }
})

/** The page names an order of the whole demo data; of these rows, another one of those that a failed invocation is about shows all of its fields. */
async function assertSomeRecordShows(
  get: Service['get'],
  pool: pg.Pool,
  path: string,
  fields: string[],
): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `select source_event_payload #>> '{event,data,new,id}' as id
       from invocations
      where source_table = 'public.orders'
        and source_operation <> 'DELETE'
        and status = 'failed'
      limit 50`,
  )
  assert.ok(rows.length > 0)
  for (const { id } of rows) {
    const shown = new Set(fieldsOf((await get(path.replace('38451', id))).json))
    if (fields.every((field) => shown.has(field))) return
  }
  assert.fail(`${path}: no order of the demo data shows all fields of the page`)
}

/** The page names a tree of the whole demo data; of these rows, another one of those that failed shows all of its fields. */
async function assertSomeTreeShows(get: Service['get'], list: string, path: string, fields: string[]): Promise<void> {
  const trees = await get<{ data: Array<{ invocations: number; root: { id: string } }> }>(list)
  for (const { invocations, root } of trees.json.data) {
    if (invocations < 4) continue
    const { json } = await get(path.replace(/[\da-f]{8}-[-\da-f]{27}/, root.id))
    const shown = new Set(fieldsOf(json))
    if (fields.every((field) => shown.has(field))) return
  }
  assert.fail(`${path}: no tree of the demo data shows all fields of the page`)
}
