import type { Connection, Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import { openDemo } from './open.ts'
import { systems } from './shop.ts'

/** The demo will not write here; the message says what was found, that nothing was written, and what to do. */
export class DemoRefused extends Error {
  override name = 'DemoRefused'
}

/** Foreign rows are counted up to this many. */
const counted = 1000

/**
 * Throws DemoRefused where the database is not migrated, or holds invocations that the demo did not make and `force` is not set.
 * Demo rows carry a reserved source_system; the gaps between those values are looked up in the index on that column, so that the answer is
 * exact and takes about a millisecond on any number of demo rows. Wants to be called within a transaction.
 */
export async function checkGround(session: Queryable, force: boolean): Promise<void> {
  // Statistics may be missing right after a load; then a scan of everything looks cheap. It is not.
  await session.query(
    sql`select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
  )
  const seen = await foreignRows(session)
  await session.query(sql`select set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true)`)
  if (seen === 0 || force) return
  const number =
    seen === counted ? `${counted} or more invocations` : seen === 1 ? '1 invocation' : `${seen} invocations`
  throw new DemoRefused(
    `The database holds ${number} that the demo did not make (source_system is none of ${systems.join(', ')}). Nothing was written. ` +
      'Take an empty database, or add --force to write the demo rows beside them: it changes and deletes nothing.',
  )
}

/** Does the database show anything that the demo made? One look into the index on source_system. */
export async function holdsDemo(db: Queryable): Promise<boolean> {
  const rows = await db.query(sql`select 1 from public.invocations where source_system = any(${[...systems]}) limit 1`)
  return rows.length > 0
}

/**
 * The same check over a connection of its own, for before the migrations: a database that the demo refuses shall not be migrated either.
 * One without an `invocations` passes. Throws DemoRefused, or an Error where the database cannot be reached.
 */
export async function checkGroundFirst(connection: Connection, force: boolean): Promise<void> {
  const writer = await openDemo(connection).catch((cause: Error) => {
    throw new Error(`the database cannot be reached: ${cause.message}`, { cause })
  })
  try {
    await writer.transaction(async (session) => {
      const tables = await session.query(sql`select 1 where to_regclass('public.invocations') is not null`)
      if (tables.length > 0) await checkGround(session, force)
    })
  } finally {
    await writer.end()
  }
}

async function foreignRows(session: Queryable): Promise<number> {
  let seen = 0
  for (const gap of gaps()) {
    const rows = await session.query(sql`select 1 from public.invocations where ${gap} limit ${counted - seen}`)
    seen += rows.length
    if (seen === counted) break
  }
  return seen
}

/** Everything but the demo's own values, as ranges: `not in` cannot use the index. */
function gaps(): Sql[] {
  const between = systems.slice(1).map((system, i) => sql`source_system > ${systems[i]} and source_system < ${system}`)
  return [
    sql`source_system is null`,
    sql`source_system < ${systems[0]}`,
    ...between,
    sql`source_system > ${systems.at(-1)}`,
  ]
}

function seedTaken(seed: number): string {
  return (
    `The database already holds demo data of seed ${seed}. Nothing was written. Add more with another --seed, or remove all demo data first: ` +
    `delete from public.invocations where source_system in (${systems.map((system) => `'${system}'`).join(', ')});`
  )
}

/** An error of the database as a refusal that says what to do, where that is known; otherwise the error itself. */
export function explained(error: unknown, seed: number): unknown {
  const { code, message } = error as { code?: string; message: string }
  if (code === '23505') return new DemoRefused(seedTaken(seed), { cause: error }) // unique_violation: the same seed has the same ids
  // read_only_sql_transaction
  if (code === '25006')
    return new DemoRefused(
      'This server is read-only (a replica?). Nothing was written. Point DATABASE_URL at the primary.',
      { cause: error },
    )
  // undefined_table, undefined_column, check_violation (a status that a later migration allows)
  if (code !== '42P01' && code !== '42703' && code !== '23514') return error
  return new DemoRefused(
    `The database lacks migrations (${message}). Nothing was written. Run: npm run migrate -- up`,
    { cause: error },
  )
}

/** Throws RangeError saying what was given and what is allowed. */
export function checkInteger(name: string, given: number, least: number, most: number): void {
  if (Number.isInteger(given) && given >= least && given <= most) return
  throw new RangeError(`${name} is ${given}; allowed is a whole number from ${least} to ${most}`)
}
