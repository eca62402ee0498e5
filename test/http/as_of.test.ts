import assert from 'node:assert/strict'
import test from 'node:test'
import { parseInstant, isBefore } from '../../src/domain/instant.ts'
import { addExample, filled, samples } from '../support/endpoints.ts'
import { service } from '../support/service.ts'

/** Samples of the endpoints that answer from the rows, but for texts, pictures and spans, which do not say it. */
const told = samples.filter(
  ({ endpoint, path }) => endpoint.conditional && !/format=(text|mermaid|dot|otlp)/.test(path),
)

test('every answer says as of when, by the clock of the database and not of this machine', async (t) => {
  const { get, pool } = await service(t)
  const ids = await addExample(pool)
  const clock = async (): Promise<string> =>
    (
      await pool.query<{ now: string }>(
        `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
      )
    ).rows[0]?.now ?? ''
  assert.ok(told.length > 10)
  for (const { path } of told) {
    // A filter that finds nothing is an answer as well.
    for (const url of [filled(path, ids), ...(/[?]\w+=\{job\}/.test(path) ? [filled(path)] : [])]) {
      const before = await clock()
      const { text } = await get(url)
      const { asOf } = JSON.parse(text.split('\n')[0] ?? '') as { asOf: string }
      assert.equal(parseInstant(asOf), asOf, url)
      assert.ok(!isBefore(asOf, before) && !isBefore(await clock(), asOf), `${url}: ${before} ${asOf}`)
    }
  }
})
