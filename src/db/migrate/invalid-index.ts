import { setTimeout as pause } from 'node:timers/promises'
import type { Writer } from '../db.ts'
import { identifier, sql } from '../sql.ts'
import type { MigrateOptions } from './session.ts'

const CONCURRENT_BUILD = /^\s*create (?:unique )?index concurrently (?:if not exists )?([a-z0-9_]+)\s+on\b/im

/**
 * Before a concurrent build: drops the invalid index that an earlier, cancelled build left under the same name, because
 * `if not exists` would take it for the index. One that another session is still building is waited for, not dropped.
 */
export async function clearTheWay(
  writer: Writer,
  statement: string,
  { log, signal, sayEvery = 10_000 }: MigrateOptions,
): Promise<void> {
  const name = CONCURRENT_BUILD.exec(statement)?.[1]
  if (name === undefined) return
  for (let state = await look(writer, name), said = -Infinity; state !== undefined; state = await look(writer, name)) {
    if (!state.building) {
      log.warn({ index: name }, `dropping the invalid index ${name} that an unfinished build left, to build it again`)
      await writer.query(sql`drop index concurrently if exists public.${identifier(name)}`)
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
async function look(writer: Writer, name: string): Promise<{ building: boolean } | undefined> {
  const [index] = await writer.query<{ building: boolean }>(sql`
    select exists (
             select
               from pg_locks
              where locktype = 'relation'
                and relation = x.indrelid
                and mode = 'ShareUpdateExclusiveLock'
                and granted
                and pid <> pg_backend_pid()
                and database = (select oid from pg_database where datname = current_database())) as building
      from pg_index x
     where x.indexrelid = to_regclass(${`public.${name}`})
       and not x.indisvalid`)
  return index
}
