import assert from 'node:assert/strict'
import test from 'node:test'
import { database } from './support/database.ts'
import { addInvocation } from './support/rows.ts'
import { run } from './support/serve.ts'

test('search rebuild indexes all rows and says how far, status says it again, and of other settings that there is none', async (t) => {
  const { url, pool } = await database(t)
  await addInvocation(pool, {
    created_at: '2026-01-01T00:00:00Z',
    source_event_payload: JSON.stringify({ event: { data: { new: { id: 7 } } } }),
  })
  const search = async (name: string, code: number, env: Record<string, string> = {}): Promise<string> => {
    const { ended, text } = await run(t, ['search', name], { DATABASE_URL: url, ...env })
    assert.equal(await ended(), code, text())
    return text()
  }
  assert.match(await search('rebuild', 0), /^1 invocations were indexed in [\d.]+ s$/m)
  assert.equal((await pool.query('select from observability_search')).rowCount, 1)
  assert.match(
    await search('status', 0),
    /^invocations after 20\S+Z and before 20\S+Z are indexed\nthe index holds about \d+ rows in \d+ KiB$/m,
  )
  assert.match(
    await search('status', 0, { SEARCH_PATHS: 'event.data.new.no' }),
    /^there is no index by these SEARCH_PATHS and SEARCH_KEYS$/m,
  )
  assert.match(await search('again', 1), /^search takes one of rebuild, status, and "again" was given$/m)
})
