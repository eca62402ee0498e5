import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { readLockFile, untilFree } from './holder.ts'
import { openLog, readFrom } from './logfile.ts'
import { freePort } from './port.ts'
import { processWith } from './processes.ts'
import { wantOfRoom } from './room.ts'
import { FAST_SHUTDOWN, supervise, supervisorName, type Supervised } from './supervisor.ts'

/** A Postgres server that accepts connections. */
export interface Postmaster extends Supervised {
  port: number
}

/** How long a predecessor that is ending may hold the folder, in ms: a fast shutdown, an immediate one (in which Postgres kills what does not end after 5 s), and some time to spare. */
const patience = FAST_SHUTDOWN + 10_000

/** What to start. */
export interface Launch {
  cluster: Cluster
  binaries: Binaries
  /** Server settings beyond, or instead of, ours. */
  settings: Record<string, string>
  log: (message: string) => void
}

/**
 * Starts the server of a cluster and waits until it accepts connections, however long its recovery takes.
 * Throws a sentence when another one holds the data, or with the end of its log when it fails.
 */
export async function startPostmaster(launch: Launch): Promise<Postmaster> {
  const { data, log } = launch.cluster
  const deadline = performance.now() + patience
  let port = await lastPort(data)
  for (let portsTaken = 0; ; port = 0) {
    const stalePid = await untilFree(data, deadline, launch.log)
    const started = await tryStart(launch, await freePort(port), stalePid)
    if (typeof started !== 'string') return started
    const busy = /lock file ".*" already exists|pre-existing shared memory block/.test(started)
    const portTaken = /Address already in use|could not create any TCP\/IP sockets/i.test(started)
    if (portTaken) portsTaken++
    if (!(busy && performance.now() < deadline) && !(portTaken && portsTaken < 5)) {
      throw new Error(
        `The embedded Postgres did not start${await wantOfRoom(data)}. The end of its log (${log}):\n${started.trim().split('\n').slice(-10).join('\n')}`,
      )
    }
    await pause(100)
  }
}

/** The server, or what it wrote before it ended. */
async function tryStart(
  { cluster, binaries, settings, log }: Launch,
  port: number,
  stalePid: number | undefined,
): Promise<Postmaster | string> {
  const output = await openLog(cluster.log)
  const begin = (await output.stat()).size
  // Postgres takes a lock file for stale when it names its grandparent. So a process id that was given to somebody else needs no deletion, which could hit
  // the file of a server that starts at this very moment.
  const variables: Record<string, string> = stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }
  const command = [
    join(binaries.folder, 'bin/postgres'),
    '-D',
    cluster.data,
    ...options({ port: String(port), ...fixed, ...settings }),
  ]
  const server = supervise(command, output.fd, cluster.user, variables)
  try {
    return (await isReady(server, cluster.data, log)) ? { ...server, port } : await readFrom(cluster.log, begin)
  } finally {
    await output.close()
  }
}

/** Nothing that PostgreSQL 13 lacks. Statements and row values stay out of the log: errors go to the client, which is this service. */
const fixed: Record<string, string> = {
  cluster_name: supervisorName,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  max_connections: '100',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_min_messages: 'log',
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

function options(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Waits for the lock file to say ready, and to be our server's (a killed predecessor's says ready too); false when the server ended instead. */
async function isReady(server: Supervised, data: string, log: (message: string) => void): Promise<boolean> {
  const end = server.exited.then(() => 'ended')
  const begin = performance.now()
  let told = 0
  do {
    const lock = await readLockFile(data)
    if (lock?.status === 'ready' && (await processWith(lock.pid))?.parent === server.pid) return true
    const seconds = Math.floor((performance.now() - begin) / 1000)
    if (seconds >= told + 10) log(`the database is recovering from its last stop, ${(told = seconds)} s so far`)
  } while ((await Promise.race([end, pause(10)])) !== 'ended')
  return false
}

/** The port of the last run, so that an address that was noted down goes on working; postmaster.opts keeps its command line. */
async function lastPort(data: string): Promise<number> {
  const line = await readFrom(join(data, 'postmaster.opts'), 0).catch(() => '')
  return Number(/"port=(\d+)"/.exec(line)?.[1] ?? 0)
}
