import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { addExample, documentation, filled, samples, type ExampleIds } from '../support/endpoints.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { service } from '../support/service.ts'

const FIRST = 'Handler crashed: TypeError: lines of null'
/** Names of folders and files that stand in nothing but stacks. */
const PLACE = 'pl4nted'
const STACK = `${FIRST}
    at Object.<anonymous> (/srv/${PLACE}/x.js:12:3)
    at ${PLACE} (C:\\${PLACE}\\app\\y.ts:7:1)
    at async file:///srv/${PLACE}/z.js:5:22
    at ${PLACE} (node:internal/${PLACE}/loader:1105:14)
    at ${PLACE} (webpack://${PLACE}/./src/${PLACE}.ts:4:2)`

/** The example with a stack in every column that holds text of an error, and in those that may. */
async function planted(pool: pg.Pool, stack: string): Promise<ExampleIds> {
  const ids = await addExample(pool)
  const inJson = JSON.stringify({ error: stack, stack: [stack] })
  await pool.query(
    `update invocations set status = 'failed', error_message = $1, error_stack = $1, source_event_payload = source_event_payload || $2::jsonb, context_data = $2, source_user_email = $1`,
    [stack, inJson],
  )
  await pool.query(
    `update event_executions set status = 'handler_failed', detection_error = $1, detection_error_stack = $1, handler_error = $1, handler_error_stack = $1, event_module_path = $1`,
    [stack],
  )
  await pool.query(
    `update job_executions set status = 'failed', error_message = $1, error_stack = $1, job_options = $2, result = $2`,
    [stack, inJson],
  )
  return ids
}

test('no text of a stack reaches a plain reader from any endpoint, and the first line does', async (t) => {
  for (const stack of [STACK, JSON.stringify({ _raw_string: STACK }), STACK.replaceAll('\n', ' ')]) {
    const { app, pool } = await service(t)
    const ids = await planted(pool, stack)
    const shown = new Set<string>()
    for (const path of [...samples.map((sample) => sample.path), ...documentation]) {
      const { statusCode, body } = await app.inject(filled(path, ids))
      assert.ok(statusCode < 400, `${path}: ${statusCode}`)
      assert.doesNotMatch(body, new RegExp(`${PLACE}|Object\\.<anonymous>|_raw_string`), path)
      if (body.includes(`"errorMessage":"${FIRST}"`)) shown.add(path)
    }
    for (const path of [
      '/invocations?window=1h',
      '/jobs?window=1h',
      '/trees',
      '/invocations/{root}',
      '/jobs/{job}',
      '/trees/{root}?include=events',
      '/trees/{job}?format=ndjson&include=events',
    ])
      assert.ok(shown.has(path), `${path} shows the first line`)
  }
})

test('with read:payload the message is whole, and no ETag of one scope is one of another', async (t) => {
  const { keys, shown } = apiKeys(
    { name: 'plain', scopes: ['read'] },
    { name: 'full', scopes: ['read', 'read:payload'] },
  )
  const { app, pool } = await service(t, { credentials: { keys, keysFile: undefined, tokens: undefined } })
  const ids = await planted(pool, STACK)
  const [plain = {}, full = {}] = shown.map(bearer)
  const whole = JSON.stringify(STACK)
  const messages = /"errorMessage":("(?:[^"\\]|\\.)*")/g
  for (const { path, endpoint, streamed } of samples) {
    const url = filled(path, ids)
    const short = await app.inject({ url, headers: plain })
    const long = await app.inject({ url, headers: full })
    const of = (body: string) => [...body.matchAll(messages)].map(([, text]) => text)
    assert.equal(of(long.body).length, of(short.body).length, path)
    assert.deepEqual([...new Set(of(long.body))], of(short.body).length > 0 ? [whole] : [], path)
    if (!endpoint.conditional || streamed) continue
    assert.notEqual(short.headers.etag, long.headers.etag, path)
    assert.match(String(short.headers.vary), /\bauthorization\b/, path)
    const { statusCode } = await app.inject({ url, headers: { ...full, 'if-none-match': String(short.headers.etag) } })
    assert.equal(statusCode, 200, path)
  }
})
