import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import { createReader } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { addInvocation } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'

test('settings of the database change neither the text of an instant nor where the tables are', async (t) => {
  const { get, pool } = await service(t)
  const id = await addInvocation(pool, { created_at: '2026-11-22T09:48:02.120000Z' })
  for (const setting of [
    "timezone = 'Asia/Tokyo'",
    "datestyle = 'SQL, DMY'",
    'search_path = nowhere',
    'default_transaction_read_only = off',
  ]) {
    await pool.query(
      `do $$ begin execute format('alter database %I set ${setting.replaceAll("'", "''")}', current_database()); end $$`,
    )
  }
  const { json } = await get<{ createdAt: string }>(`/invocations/${id}`)
  assert.equal(json.createdAt, '2026-11-22T09:48:02.120000Z')
})

test('what serves may not write, whatever the database says, in a statement of its own or in a snapshot', async (t) => {
  const { url, pool } = await service(t)
  await pool.query(
    `do $$ begin execute format('alter database %I set default_transaction_read_only = off', current_database()); end $$`,
  )
  const db = createReader()
  db.start({
    url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 5000,
    lockTimeout: 5000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  await assert.rejects(db.query(sql`create table strange ()`), { code: '25006' })
  await assert.rejects(
    db.snapshot((snapshot) => snapshot.query(sql`create table strange ()`)),
    { code: '25006' },
  )
})

test('the pages of the documentation and what is not found have a form of their own, whatever Accept says', async (t) => {
  const { app } = await service(t)
  const status = async (url: string, accept: string) => (await app.inject({ url, headers: { accept } })).statusCode
  assert.equal(await status('/docs/', 'text/html'), 200)
  assert.equal(await status('/docs/static/swagger-ui.css', 'text/css'), 200)
  assert.equal(await status('/nowhere', 'text/plain'), 404)
})
