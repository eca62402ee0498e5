import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { Embedded } from '../../src/db/embedded/embedded.ts'
import { holderOf } from '../../src/db/embedded/holder.ts'
import { startCluster } from '../support/cluster.ts'
import { ask, folderFor } from '../support/embedded.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** A Postgres to hurt. It stays at its address. */
export interface Victim {
  url: string
  start: () => Promise<void>
  /** Fast shutdown: who is connected hears 57P01. */
  stop: () => Promise<void>
  /** kill -9 of the whole server. */
  kill: () => Promise<void>
  /** kill -9 of one backend: the server ends all others and recovers by itself. */
  killBackend: () => Promise<void>
  /** SIGSTOP or SIGCONT to the postmaster, and to all its children too unless `alone`. */
  signal: (signal: 'SIGSTOP' | 'SIGCONT', alone?: boolean) => Promise<void>
  /** From its next start on it is a replica: read-only. */
  readOnly: (on: boolean) => Promise<void>
  /** Waits until it answers a statement. */
  answers: () => Promise<void>
}

export async function victim(t: TestContext): Promise<Victim> {
  const folder = await folderFor(t)
  let server: Embedded = await startCluster(folder)
  const { url } = server
  const data = join(server.folder, 'postgres/data')
  const family = async (): Promise<number[]> => {
    const holder = await holderOf(data)
    if (!holder) throw new Error('the Postgres to hurt does not run')
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
    const children = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === holder.pid)
    return [holder.pid, ...children.map(([pid = 0]) => pid)]
  }
  const signal: Victim['signal'] = async (name, alone = false) => {
    const pids = await family()
    for (const pid of alone ? pids.slice(0, 1) : pids) process.kill(pid, name)
  }
  onTeardown(t, async () => {
    await signal('SIGCONT').catch(() => undefined)
    await server.stop()
  })
  return {
    url,
    signal,
    async start() {
      server = await startCluster(folder)
    },
    stop: () => server.stop(),
    async kill() {
      for (const pid of await family()) process.kill(pid, 'SIGKILL')
      await server.exited
    },
    async killBackend() {
      const [row] = await ask(
        url,
        `select pid from pg_stat_activity where application_name = 'event-detector-observability' limit 1`,
      )
      process.kill(Number(row?.['pid']), 'SIGKILL')
    },
    readOnly: (on) =>
      on ? writeFile(join(data, 'standby.signal'), '') : rm(join(data, 'standby.signal'), { force: true }),
    answers: () =>
      until(
        'Postgres answers',
        () =>
          ask(url, 'select 1').then(
            () => true,
            () => false,
          ),
        30_000,
      ).then(() => undefined),
  }
}
