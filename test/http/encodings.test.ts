import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { runner } from '../migrations/setup.ts'
import { database } from '../support/database.ts'
import { rowsOf } from '../support/pages.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service, type Service, type Settings } from '../support/service.ts'

/** The service on a database of another encoding. */
async function encoded(t: TestContext, encoding: string, settings: Partial<Settings> = {}): Promise<Service> {
  const own = await database(t, { migrated: false, options: `encoding '${encoding}' lc_collate 'C' lc_ctype 'C'` })
  await migrateUp(runner(own.url).options)
  return service(t, settings, own)
}

const filters = {
  '/invocations': ['correlationId', 'sourceFunction', 'sourceTable', 'sourceOperation', 'sourceSystem'],
  '/jobs': ['name', 'functionName', 'triggeringFunction', 'correlationId'],
  '/chains': ['triggeringJob', 'triggeringFunction', 'triggeredFunction', 'correlationId'],
  '/trees': ['rootFunction', 'correlationId'],
}

test('LATIN1: what a filter asks for that cannot be there matches nothing, beside others that match', async (t) => {
  const shown = await encoded(t, 'LATIN1')
  const { pool } = shown
  const root = await addInvocation(pool, {
    source_function: 'prüfen',
    correlation_id: 'prüfen',
    source_table: 'prüfen',
    source_operation: 'prüfen',
    source_system: 'prüfen',
  })
  const job = await addJob(pool, root, {
    job_name: 'prüfen',
    job_function_name: 'prüfen',
    correlation_id: 'prüfen',
  })
  await addInvocation(pool, { source_function: 'prüfen', correlation_id: 'prüfen', source_job_id: job })
  for (const [list, names] of Object.entries(filters)) {
    for (const name of names) {
      const count = async (...values: string[]): Promise<number> =>
        (
          await rowsOf(
            shown,
            `${list}?${values.map((value) => `${name}=${encodeURIComponent(value)}`).join('&')}&limit=1`,
          )
        ).length
      const there = await count('prüfen')
      assert.ok(there > 0, `${list} ${name}`)
      assert.equal(await count('送る'), 0)
      assert.equal(await count('送る', '🚚', '€'), 0)
      assert.equal(await count('送る', 'prüfen', '🚚'), there)
    }
  }
  assert.equal((await shown.get('/chains?triggeringJob=送る&triggeringFunction=prüfen')).status, 200)
  const connections = async (): Promise<unknown> =>
    (
      await pool.query(
        `select array_agg(pid order by pid) from pg_stat_activity where application_name = 'event-detector-observability' and datname = current_database()`,
      )
    ).rows
  const before = await connections()
  for (let n = 0; n < 5; n += 1) assert.equal((await shown.get('/jobs?name=送る')).status, 200)
  assert.deepEqual(await connections(), before, 'a text that is refused costs no connection')
})

test('LATIN1: every byte of a row is shown', async (t) => {
  // Messages are whole with this scope alone.
  const { get, pool } = await encoded(t, 'LATIN1', { anonymousScopes: ['read', 'read:payload'] })
  const all = Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)).join('')
  const id = await addInvocation(pool, {
    source_function: all,
    error_message: all,
    source_event_payload: JSON.stringify({ all }),
  })
  const { json } = await get<{ sourceFunction: string; errorMessage: string }>(`/invocations/${id}`)
  assert.deepEqual([json.sourceFunction, json.errorMessage], [all, all])
  for (const form of ['json', 'ndjson', 'text']) assert.equal((await get(`/trees/${id}?format=${form}`)).status, 200)
})

/** Bytes that are no UTF-8, and how an answer shows them: a U+FFFD for each that belongs to no character. */
const bytes = String.raw`caf\xe9 \xff\xfe \xc3\xbc \xe2\x82 ok`.replaceAll(
  /\\x(..)/g,
  (_, hex) => `\\${Number.parseInt(hex, 16).toString(8)}`,
)
const shownAs = 'caf\ufffd \ufffd\ufffd ü \ufffd ok'

test('SQL_ASCII: no row is lost and no answer fails, whatever bytes stand in it', async (t) => {
  const shown = await encoded(t, 'SQL_ASCII')
  const { get, pool } = shown
  const root = await addInvocation(pool, { correlation_id: 'all' })
  const job = await addJob(pool, root)
  const child = await addInvocation(pool, { source_job_id: job, correlation_id: 'all' })
  await addJob(pool, child)
  await pool.query(`
    update invocations set source_function = E'${bytes}', source_table = E'${bytes}', source_operation = E'${bytes}', source_system = E'${bytes}', error_message = repeat(E'${bytes}', 60), error_stack = E'${bytes}',
           source_user_email = E'${bytes}', source_event_payload = (E'{"text":"${bytes}"}')::jsonb, context_data = (E'{"text":"${bytes}"}')::jsonb;
    update event_executions set event_name = E'${bytes}', detection_error = E'${bytes}', detection_error_stack = E'${bytes}';
    update job_executions set job_name = E'${bytes}', job_function_name = E'${bytes}', correlation_id = E'${bytes}', error_message = E'${bytes}', error_stack = E'${bytes}', result = (E'{"text":"${bytes}"}')::jsonb`)
  assert.deepEqual(
    (await rowsOf(shown, '/invocations?window=1h&limit=1')).map(({ sourceFunction }) => sourceFunction),
    [shownAs, shownAs],
  )
  assert.deepEqual(
    (await rowsOf(shown, '/jobs?window=1h')).map(({ name }) => name),
    [shownAs, shownAs],
  )
  assert.equal((await rowsOf(shown, '/chains?window=1h')).length, 1)
  assert.equal((await rowsOf(shown, '/trees?window=1h')).length, 1)
  for (const path of [
    `/invocations/${root}`,
    `/jobs/${job}`,
    `/trees/${child}?from=root&include=events`,
    `/trees/${root}?format=ndjson&include=events`,
    `/trees/${root}?format=text`,
  ])
    assert.equal((await get(path)).status, 200, path)
  assert.equal(
    (await rowsOf(shown, `/invocations?correlationId=all&sourceFunction=${encodeURIComponent('prüfen 送る 🚚')}`))
      .length,
    0,
  )
  await addInvocation(pool, { source_function: 'prüfen 送る 🚚' })
  assert.equal((await rowsOf(shown, `/invocations?sourceFunction=${encodeURIComponent('prüfen 送る 🚚')}`)).length, 1)
})

test('an encoding with bytes that stand for nothing: only what shows such a row fails, and says why', async (t) => {
  const { get, pool } = await encoded(t, 'WIN1252')
  const fine = await addInvocation(pool, { source_function: 'prüfen €' })
  assert.equal((await get<{ sourceFunction: string }>(`/invocations/${fine}`)).json.sourceFunction, 'prüfen €')
  assert.equal(
    (
      await rowsOf(
        { get },
        `/invocations?sourceFunction=${encodeURIComponent('送る')}&sourceFunction=${encodeURIComponent('prüfen €')}`,
      )
    ).length,
    1,
  )
  await pool.query(`update invocations set source_system = E'\\201'`)
  const { status, json } = await get<{ detail: string }>(
    `/invocations?sourceFunction=${encodeURIComponent('prüfen €')}`,
  )
  assert.deepEqual(
    [status, json.detail],
    [503, 'A row holds bytes that stand for no character in the encoding of the database'],
  )
})

test('migrations are ASCII: a database of another encoding reads them too', () => {
  const folder = new URL('../../migrations/', import.meta.url)
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.sql')))
    assert.match(readFileSync(new URL(file, folder), 'latin1'), /^[\n -~]*$/, file)
})

for (const encoding of ['LATIN1', 'SQL_ASCII'])
  test(`${encoding}: a payload of type json may hold escapes of characters that are not in it`, async (t) => {
    const { get, pool } = await encoded(t, encoding)
    await pool.query('alter table invocations alter source_event_payload type json')
    const link = async (named: string) => {
      const id = await addInvocation(pool, { source_event_payload: `{"__sourceJobId": "${named}"}` })
      const { json } = await get<{ rootLink: string }>(`/trees/${id}`)
      assert.equal((await get(`/invocations/${id}`)).json['link'], json.rootLink)
      return json.rootLink
    }
    assert.equal(await link('\\u0041'), 'none')
    for (const escape of ['\\u20ac', '\\ud83d\\ude00', '\\u0000']) assert.equal(await link(escape), 'unknown')
  })
