import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readFrom } from './logfile.ts'
import { processWith, type Process } from './processes.ts'
import { FAST_SHUTDOWN, supervisorName } from './supervisor.ts'

/** What a data folder's lock file says of the Postgres that holds, or held, it. */
export interface LockFile {
  pid: number
  port: number
  /** starting, ready, stopping, standby; empty in its first milliseconds. */
  status: string
}

/** A running Postgres of a data folder. */
export interface Holder extends LockFile {
  process: Process
}

export async function readLockFile(data: string): Promise<LockFile | undefined> {
  const text = await readFrom(join(data, 'postmaster.pid'), 0).catch(() => '')
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  return pid > 0 ? { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? '' } : undefined
}

/** The Postgres that runs in a data folder now. A process id that was given to somebody else meanwhile does not count. */
export async function holderOf(data: string): Promise<Holder | undefined> {
  const lock = await readLockFile(data)
  const found = lock && (await processWith(lock.pid))
  return found && isPostgres(found, data) ? { ...lock, process: found } : undefined
}

/** Postgres works in its data folder; where the system does not show that (to other users, on macOS), its command line names it. */
function isPostgres({ command, folder }: Process, data: string): boolean {
  const here = folder === undefined ? command.includes(data) : folder === data
  return here && command.includes('postgres') && !command.startsWith('/bin/sh ')
}

/**
 * Waits until nobody holds the data folder: a predecessor that is stopping gets until `deadline` (of performance.now(), ms), one that stays ready for a second is alive,
 * and one whose supervisor was killed is stopped. What has been stopping for too long is stopped at once, whoever began it.
 * Resolves with the process id in the stale lock file that is left, if any.
 */
export async function untilFree(
  data: string,
  deadline: number,
  log: (message: string) => void,
): Promise<number | undefined> {
  let readySince = Infinity
  let stoppingSince = Infinity
  let orphan: number | undefined
  for (;;) {
    const holder = await holderOf(data)
    if (!holder) return (await readLockFile(data))?.pid
    if (orphan !== holder.pid && (await isOrphan(holder))) {
      orphan = holder.pid
      log(`stopping the Postgres with pid ${orphan}, which a killed service left behind in ${data}`)
      send('SIGINT', orphan)
    }
    const now = performance.now()
    readySince = holder.status === 'ready' && holder.pid !== orphan ? Math.min(readySince, now) : Infinity
    stoppingSince =
      (holder.status === 'stopping' && isOurs(holder)) || holder.pid === orphan
        ? Math.min(stoppingSince, now)
        : Infinity
    if (now - stoppingSince > FAST_SHUTDOWN) {
      log(
        `the Postgres with pid ${holder.pid} in ${data} has been stopping for ${FAST_SHUTDOWN / 1000} s: stopping it at once, and recovering`,
      )
      send('SIGQUIT', holder.pid)
      stoppingSince = Infinity
    }
    if (now - readySince > 1000 || now > deadline) throw await heldError(holder, data)
    await pause(50)
  }
}

/**
 * Started by this launcher, but no supervisor is above it any more, so nobody would ever stop it.
 * It must be seen alive after its supervisor was seen missing: a supervisor ends right after its Postgres.
 */
async function isOrphan(holder: Holder): Promise<boolean> {
  if (!isOurs(holder)) return false
  if ((await processWith(holder.process.parent))?.command.includes(supervisorName)) return false
  return (await processWith(holder.pid)) !== undefined
}

/** Somebody's own pg_ctl may be patient with its clients. */
function isOurs({ process: { command } }: Holder): boolean {
  return command.includes(`cluster_name=${supervisorName}`)
}

/** SIGINT is a fast shutdown, SIGQUIT an immediate one. */
function send(signal: 'SIGINT' | 'SIGQUIT', pid: number): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has just ended by itself, or belongs to somebody else: the wait that follows tells.
  }
}

async function heldError(holder: Holder, data: string): Promise<Error> {
  const service = (await processWith(holder.process.parent))?.parent
  const state = holder.status === 'ready' ? 'is in use by a running service' : `is still ${holder.status || 'starting'}`
  return new Error(
    `The embedded Postgres in ${data} ${state} (service pid ${service ?? 'unknown'}, Postgres pid ${holder.pid}, port ${holder.port}). Stop that service, or set DATABASE_URL, or give this one another data folder (DATA_DIR).`,
  )
}
