import assert from 'node:assert/strict'
import test from 'node:test'
import { addInvocation } from '../support/rows.ts'
import { service } from '../support/service.ts'

test('settings of the database change neither the text of an instant nor where the tables are', async (t) => {
  const { get, pool } = await service(t)
  const id = await addInvocation(pool, { created_at: '2026-11-22T09:48:02.120000Z' })
  for (const setting of ["timezone = 'Asia/Tokyo'", "datestyle = 'SQL, DMY'", 'search_path = nowhere', 'default_transaction_read_only = off']) {
    await pool.query(`do $$ begin execute format('alter database %I set ${setting.replaceAll("'", "''")}', current_database()); end $$`)
  }
  const { json } = await get<{ createdAt: string }>(`/invocations/${id}`)
  assert.equal(json.createdAt, '2026-11-22T09:48:02.120000Z')
})

test('the pages of the documentation and what is not found have a form of their own, whatever Accept says', async (t) => {
  const { app } = await service(t)
  const status = async (url: string, accept: string) => (await app.inject({ url, headers: { accept } })).statusCode
  assert.equal(await status('/docs/', 'text/html'), 200)
  assert.equal(await status('/docs/static/swagger-ui.css', 'text/css'), 200)
  assert.equal(await status('/nowhere', 'text/plain'), 404)
})
