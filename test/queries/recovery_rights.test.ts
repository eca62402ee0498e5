import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import type pg from 'pg'
import type { Queryable, Row } from '../../src/db/db.ts'
import type { Sql } from '../../src/db/sql.ts'
import { recoveryModes, recoveryOf, type RecoveryRights } from '../../src/domain/link/recovery.ts'
import { recoveryRights } from '../../src/queries/recovery/rights.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

const all: RecoveryRights = {
  there: true,
  standby: false,
  select: true,
  keep: true,
  mend: true,
  generated: false,
  role: 'app',
}

test('what is read and written follows from what is asked for and what the role may do', () => {
  const decided = (rights: Partial<RecoveryRights>) =>
    [undefined, ...recoveryModes].map((asked) => {
      const { linkWay, writes, less } = recoveryOf(asked, { ...all, ...rights })
      return `${linkWay} ${writes}${less ? ' warned' : ''}`
    })
  // Asked for: nothing, off, overlay, mend.
  assert.deepEqual(decided({}), ['overlay overlay', 'labels off', 'overlay overlay', 'overlay mend'])
  assert.deepEqual(decided({ mend: false }), [
    'overlay overlay',
    'labels off',
    'overlay overlay',
    'overlay overlay warned',
  ])
  assert.deepEqual(decided({ generated: true }), decided({ mend: false }))
  for (const rights of [{ keep: false, mend: false }, { standby: true }])
    assert.deepEqual(decided(rights), ['labels off', 'labels off', 'overlay off warned', 'overlay off warned'])
  for (const rights of [{ select: false, keep: false }, { there: false }])
    assert.deepEqual(decided(rights), ['column off', 'column off', 'column off warned', 'column off warned'])
})

test('the sentence of the start says what is read, what is written, and the grant that is missing', () => {
  assert.equal(
    recoveryOf(undefined, all).told,
    'links: LINK_RECOVERY is unset: recovered links are shown beside those of source_job_id, and found links are kept in public.observability_links',
  )
  assert.equal(
    recoveryOf('mend', { ...all, mend: false }).told,
    'links: LINK_RECOVERY=mend: recovered links are shown beside those of source_job_id, and found links are kept in public.observability_links: app may not update source_job_id: grant update (source_job_id) on public.invocations to app',
  )
  assert.match(
    recoveryOf('mend', { ...all, generated: true }).told,
    /: source_job_id is a generated column, which nobody can write$/,
  )
  assert.match(
    recoveryOf('overlay', { ...all, keep: false }).told,
    /, and none are recovered: app may not write them: grant select, insert, update, delete on public\.observability_links, .* to app$/,
  )
  assert.match(
    recoveryOf('overlay', { ...all, standby: true }).told,
    /: this server is a standby, on which nothing can be written$/,
  )
})

test('the three grants of docs/links.md give what each is for; another table under the name gives nothing', async (t) => {
  const { pool } = await database(t)
  const role = `Links ${randomBytes(4).toString('hex')}`
  const client = await pool.connect()
  onTeardown(t, () => client.release(true))
  await client.query(`create role "${role}"`)
  onTeardown(t, async () => {
    await client.query(`reset role; drop owned by "${role}"; drop role "${role}"`)
  })
  const db: Queryable = {
    query: async <R extends object = Row>({ text, values }: Sql) =>
      (await client.query<R & pg.QueryResultRow>(text, values)).rows,
  }
  const rights = async () => {
    await client.query(`set role "${role}"`)
    const { there, select, keep, mend, role: named } = await recoveryRights(db)
    await client.query('reset role')
    assert.equal(named, `"${role}"`)
    return { there, select, keep, mend }
  }
  const grant = (what: string) => client.query(`grant ${what} to "${role}"`)
  await grant('select on invocations, event_executions, job_executions')
  assert.deepEqual(await rights(), { there: true, select: false, keep: false, mend: false })
  await grant('select on observability_links')
  assert.deepEqual(await rights(), { there: true, select: true, keep: false, mend: false })
  await grant('select, insert, update, delete on observability_links, observability_scans')
  assert.deepEqual(await rights(), { there: true, select: true, keep: false, mend: false })
  await grant('select, insert, update, delete on observability_leases')
  assert.deepEqual(await rights(), { there: true, select: true, keep: true, mend: false })
  await grant('update (source_job_id) on invocations')
  assert.deepEqual(await rights(), { there: true, select: true, keep: true, mend: true })
  const stranger = `links_${randomBytes(4).toString('hex')}`
  await client.query(`create role ${stranger}; alter table observability_links owner to ${stranger}`)
  assert.equal((await rights()).there, false, 'of a stranger')
  await client.query(
    `alter table observability_links owner to current_user; drop role ${stranger}; grant select, insert, update, delete on observability_links to "${role}"`,
  )
  assert.equal((await rights()).there, true)
  await client.query('alter table observability_links enable row level security')
  assert.equal((await rights()).select, false, 'not all rows')
  await client.query(
    'alter table observability_links disable row level security; alter table observability_links rename to kept; create view observability_links as select * from kept',
  )
  assert.deepEqual(await rights(), { there: false, select: false, keep: false, mend: true })
  await client.query('drop view observability_links')
  assert.deepEqual(await rights(), { there: false, select: false, keep: false, mend: true })
})

test('a source_job_id that is a generated column is told', async (t) => {
  const { pool } = await database(t)
  const db: Queryable = {
    query: async <R extends object = Row>({ text, values }: Sql) =>
      (await pool.query<R & pg.QueryResultRow>(text, values)).rows,
  }
  assert.equal((await recoveryRights(db)).generated, false)
  await pool.query(`alter table public.invocations
    drop column source_job_id,
    add column source_job_id uuid generated always as ((source_event_payload ->> 'parent')::uuid) stored`)
  assert.equal((await recoveryRights(db)).generated, true)
})
