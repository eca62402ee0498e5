import { setTimeout as pause } from 'node:timers/promises'
import type { Writer } from '../db.ts'
import { sql } from '../sql.ts'
import type { MigrateOptions } from './session.ts'

/** Of our own choosing; advisory locks count per database, so two services in one cluster do not meet. */
const KEY = 7_402_118

/**
 * Takes the lock that only one migrating process may hold; it is let go when the session ends.
 * Written by hand because every library waits in pg_advisory_lock, inside a statement whose snapshot `create index concurrently`
 * of the lock's holder then waits for: one of the two dies of "deadlock detected". Asking again and again holds no snapshot.
 */
export async function takeLock(writer: Writer, { log, signal, sayEvery = 10_000 }: MigrateOptions): Promise<void> {
  const since = performance.now()
  let said = 0
  while (!(await tryLock(writer))) {
    const waited = Math.round(performance.now() - since)
    if (said === 0 || waited >= said * sayEvery) {
      said += 1
      log.info({ waitedMs: waited, ...(await holder(writer)) }, 'waiting: another process is migrating this database')
    }
    await pause(100 + Math.random() * 200, undefined, signal === undefined ? {} : { signal })
  }
}

async function tryLock(writer: Writer): Promise<boolean> {
  const [lock] = await writer.query<{ taken: boolean }>(sql`select pg_try_advisory_lock(${KEY}) as taken`)
  return lock?.taken === true
}

async function holder(writer: Writer): Promise<{ holderPid?: number }> {
  const [lock] = await writer.query<{ pid: number }>(sql`
    select pid
      from pg_locks
     where locktype = 'advisory'
       and granted
       and classid = 0
       and objid = ${KEY}
       and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())`)
  return lock === undefined ? {} : { holderPid: lock.pid }
}
