import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import type pg from 'pg'
import { onTeardown } from './teardown.ts'

/** So long, and so random, that the database stores it apart from its row. */
export const LONG_TEXT = randomBytes(8000).toString('base64')

/**
 * Keeps those waiting who read a text of this table that is stored apart from its row, and nobody else, until it is let go. A lock of a whole table would
 * keep everybody waiting, for lists and trees look into all three. While an index is built again, nobody reads by it.
 */
export async function holdLongTexts(t: TestContext, pool: pg.Pool, table: string): Promise<() => void> {
  const { rows } = await pool.query<{ index: string }>(
    `
    select i.indexrelid::regclass::text as index
      from pg_class c
      join pg_index i
        on i.indrelid = c.reltoastrelid
     where c.oid = $1::regclass`,
    [`public.${table}`],
  )
  return hold(t, pool, `reindex index ${rows[0]?.index}`)
}

/** Keeps every reader of this table waiting until it is let go. */
export function holdTable(t: TestContext, pool: pg.Pool, table: string): Promise<() => void> {
  return hold(t, pool, `lock table ${table} in access exclusive mode`)
}

/** Runs a statement in a transaction, which stays open until it is let go. */
async function hold(t: TestContext, pool: pg.Pool, statement: string): Promise<() => void> {
  const client = await pool.connect()
  await client.query(`begin; ${statement}`)
  let open = true
  const letGo = (): void => {
    if (open) client.release(true)
    open = false
  }
  onTeardown(t, letGo)
  return letGo
}
