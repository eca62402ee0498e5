import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { MigrateOptions } from './session.ts'

const CONCURRENT_BUILD = /^\s*create (?:unique )?index concurrently (?:if not exists )?([a-z0-9_]+)\s+on\b/im

/**
 * Before a concurrent build: drops the invalid index that an earlier, cancelled build left under the same name, because
 * `if not exists` would take it for the index. One that another session is still building is waited for, not dropped.
 */
export async function clearTheWay(
  client: pg.Client,
  statement: string,
  { log, signal, sayEvery = 10_000 }: MigrateOptions,
): Promise<void> {
  const name = CONCURRENT_BUILD.exec(statement)?.[1]
  if (name === undefined) return
  for (let state = await look(client, name), said = -Infinity; state !== undefined; state = await look(client, name)) {
    if (!state.building) {
      log.warn({ index: name }, `dropping the invalid index ${name} that an unfinished build left, to build it again`)
      await client.query(`drop index concurrently if exists public.${pg.escapeIdentifier(name)}`)
      return
    }
    if (performance.now() - said >= sayEvery) {
      said = performance.now()
      log.info({ index: name }, `waiting: another session is building the index ${name}`)
    }
    await pause(250, undefined, signal === undefined ? {} : { signal })
  }
}

/** undefined: no index of this name, or a valid one. A build holds SHARE UPDATE EXCLUSIVE on its table from begin to end. */
async function look(client: pg.Client, name: string): Promise<{ building: boolean } | undefined> {
  const { rows } = await client.query<{ building: boolean }>(
    `select exists (
              select from pg_locks
               where locktype = 'relation' and relation = x.indrelid and mode = 'ShareUpdateExclusiveLock' and granted
                 and pid <> pg_backend_pid()
                 and database = (select oid from pg_database where datname = current_database())) as building
       from pg_index x
      where x.indexrelid = to_regclass($1) and not x.indisvalid`,
    [`public.${pg.escapeIdentifier(name)}`],
  )
  return rows[0]
}
