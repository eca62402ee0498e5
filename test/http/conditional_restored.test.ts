import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import pg from 'pg'
import type { Reader, Row, Snapshot } from '../../src/db/db.ts'
import type { Sql } from '../../src/db/sql.ts'
import { types } from '../../src/db/pool/statement.ts'
import { database } from '../support/database.ts'
import { addExample, filled, samples, type ExampleRow } from '../support/endpoints.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'

const changes: Record<ExampleRow, string> = {
  root: "update invocations set status = 'failed', source_function = 'changed'",
  child: "update invocations set status = 'failed', source_function = 'changed'",
  job: "update job_executions set status = 'failed', job_name = 'changed'",
  other: "update job_executions set status = 'failed', job_name = 'changed'",
  event: "update event_executions set status = 'failed', event_name = 'changed'",
}

/** What the service sees, and a test changes, in one transaction that stays open: each change leaves its row with the xmin that it had. */
async function oneTransaction(t: TestContext, url: string): Promise<{ client: pg.Client; db: Reader }> {
  const client = new pg.Client({ connectionString: url, types, options: '-c timezone=UTC -c datestyle=ISO' })
  await client.connect()
  onTeardown(t, () => client.end())
  // As replica no trigger sets updated_at, to a time that is the same for a whole transaction.
  await client.query('begin; set local session_replication_role = replica')
  const query = async <R extends object = Row>({ text, values }: Sql): Promise<R[]> =>
    (await client.query<R & pg.QueryResultRow>(text, values)).rows
  const snapshot: Snapshot = {
    asOf: '2026-11-22 09:48:02.12+00',
    query,
    async *batches<R extends object = Row>(statement: Sql) {
      yield await query<R>(statement)
    },
  }
  return {
    client,
    db: {
      query,
      probe: query,
      snapshot: (work) => work(snapshot),
      open: async () => ({ ...snapshot, part: (_, work) => work(), close: async () => undefined }),
    },
  }
}

test('a row that changed and kept its xmin, as after a restore or a failover, has another ETag', async (t) => {
  const { url, pool } = await database(t)
  const ids = await addExample(pool)
  const { client, db } = await oneTransaction(t, url)
  const { app } = await service(t, { db })
  const tables = {
    root: 'invocations',
    child: 'invocations',
    job: 'job_executions',
    other: 'job_executions',
    event: 'event_executions',
  }
  const touched = async (row: ExampleRow, change: string): Promise<string> => {
    await client.query(`${change}, updated_at = updated_at + interval '1 second' where id = $1`, [ids[row]])
    const { rows } = await client.query<{ xmin: string }>(`select xmin::text from ${tables[row]} where id = $1`, [
      ids[row],
    ])
    return rows[0]?.xmin ?? ''
  }
  for (const { path, tells } of samples.filter(({ endpoint, streamed }) => endpoint.conditional && !streamed)) {
    const url = filled(path, ids)
    for (const row of tells.filter((each): each is ExampleRow => each in tables)) {
      await client.query('savepoint before')
      const first = await touched(row, `update ${tables[row]} set id = id`)
      const {
        headers: { etag },
      } = await app.inject(url)
      assert.ok(etag, path)
      assert.equal(await touched(row, changes[row]), first, 'the change did not keep the xmin')
      const { statusCode } = await app.inject({ url, headers: { 'if-none-match': etag } })
      assert.equal(
        statusCode,
        200,
        `${path} after a change of ${row}, of which test/support/endpoints.ts says that it tells`,
      )
      await client.query('rollback to savepoint before')
    }
  }
})
