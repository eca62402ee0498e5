import { execFile } from 'node:child_process'
import { appendFile, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { clusterSettings } from './cluster.ts'
import { ask, folderFor, start, usedFolder } from './embedded.ts'
import { onTeardown } from './teardown.ts'
import { prepareTemplate } from './template.ts'
import { until } from './until.ts'

/** A primary and its hot standby, both with the migrated database of the embedded Postgres. */
export interface Replicated {
  /** A writing connection to the primary. */
  pool: pg.Pool
  primaryUrl: string
  /** Of the standby: read-only. */
  url: string
  /** Waits until the standby has replayed all that the primary has written. */
  caughtUp: () => Promise<void>
}

/**
 * Makes them by a copy of the stopped primary, which every version can. `settings` are the standby's, e.g. how long it puts up with statements that
 * stand in the way of what it replays (max_standby_streaming_delay, default 30 s).
 */
export async function replicated(t: TestContext, settings: Record<string, string> = {}): Promise<Replicated> {
  const [primaryFolder, folder] = [await usedFolder(t), await folderFor(t)]
  const first = await start(t, primaryFolder, { settings: clusterSettings })
  await prepareTemplate(first.url)
  await first.stop()
  await copyCluster(join(primaryFolder, 'postgres'), join(folder, 'postgres'))
  const { url: primaryUrl, port } = await start(t, primaryFolder, { settings: clusterSettings })
  const { username, password } = new URL(primaryUrl)
  const data = join(folder, 'postgres/data')
  await writeFile(join(data, 'standby.signal'), '')
  await appendFile(
    join(data, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'\n`,
  )
  // At a port of its own: the copied one is the primary's.
  const { url } = await start(t, folder, { settings: { ...clusterSettings, ...settings } })
  const pool = new pg.Pool({ connectionString: primaryUrl, max: 5, application_name: 'test' })
  pool.on('error', () => undefined)
  onTeardown(t, () => pool.end())
  const caughtUp = async (): Promise<void> => {
    // What no commit follows (a lock, for example) is not sent before something else is written out.
    await pool.query(
      `begin; set local synchronous_commit = on; select pg_logical_emit_message(true, 'test', 'written out'); commit`,
    )
    const [written] = await ask(primaryUrl, 'select pg_current_wal_flush_lsn() as lsn')
    await until('the standby has caught up', async () => {
      const [replayed] = await ask(url, `select pg_last_wal_replay_lsn() >= '${String(written?.['lsn'])}' as there`)
      return replayed?.['there']
    })
  }
  await caughtUp()
  return { pool, primaryUrl, url, caughtUp }
}

async function copyCluster(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o755 })
  // cp of Node keeps no owners.
  await promisify(execFile)('cp', ['-a', join(from, 'data'), to])
  await copyFile(join(from, 'password'), join(to, 'password'))
}
