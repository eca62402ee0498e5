import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { MigrateOptions } from './session.ts'

/** Of our own choosing; advisory locks count per database, so two services in one cluster do not meet. */
const KEY = 7_402_118

/**
 * Takes the lock that only one migrating process may hold; it is let go when the session ends.
 * Written by hand because every library waits in pg_advisory_lock, inside a statement whose snapshot `create index concurrently`
 * of the lock's holder then waits for: one of the two dies of "deadlock detected". Asking again and again holds no snapshot.
 */
export async function takeLock(client: pg.Client, { log, signal, sayEvery = 10_000 }: MigrateOptions): Promise<void> {
  const since = performance.now()
  let said = 0
  while (!(await tryLock(client))) {
    const waited = Math.round(performance.now() - since)
    if (said === 0 || waited >= said * sayEvery) {
      said += 1
      log.info({ waitedMs: waited, ...(await holder(client)) }, 'waiting: another process is migrating this database')
    }
    await pause(100 + Math.random() * 200, undefined, signal === undefined ? {} : { signal })
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [KEY])
  return rows[0]?.taken === true
}

async function holder(client: pg.Client): Promise<{ holderPid?: number }> {
  const { rows } = await client.query<{ pid: number }>(
    `select pid
       from pg_locks
      where locktype = 'advisory' and granted and classid = 0 and objid = $1 and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())`,
    [KEY],
  )
  return rows[0] === undefined ? {} : { holderPid: rows[0].pid }
}
