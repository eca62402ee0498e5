import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { environment, type SystemUser } from './command.ts'

/** A Postgres that lives no longer than this process. */
export interface Supervised {
  /** The supervisor's process id: Postgres's parent. */
  pid: number | undefined
  /** Resolves with Postgres's exit code when it has ended, whoever ended it; null when it was a signal. */
  exited: Promise<number | null>
  /** Asks for a fast shutdown (clients are disconnected, everything is written); one that takes too long becomes an immediate one. */
  stop(): void
}

/** The supervisor's name in the process table, by which a Postgres whose supervisor was killed is told from a supervised one. */
export const supervisorName = 'event-detector-postgres'

/** How long a fast shutdown may take before an immediate one follows, ms. */
export const FAST_SHUTDOWN = 5000

/**
 * A shell between this process and Postgres. Its input is a pipe that only this process holds, so its end means: asked to stop, or killed, even with -9.
 * TERM before INT: a shell's background children ignore INT until they set a handler of their own, TERM they do not; together they are a fast shutdown.
 * A fast shutdown that meets a crash recovery (a full disk, a backend that was killed) may never end (18.4), nor one with a backend that hears nothing:
 * after 5 s (FAST_SHUTDOWN) an immediate one follows, and the next start recovers.
 * The shell itself outlives TERM, INT and HUP (systemd and terminals send them to every process), because it must see Postgres off.
 */
const script = `
exec 3<&0
trap : HUP INT TERM
"$@" </dev/null 3<&- &
postgres=$!
( trap '' HUP INT TERM
  while read -r line; do :; done
  kill -TERM $postgres; kill -INT $postgres
  for second in ${'- '.repeat(FAST_SHUTDOWN / 1000)}; do sleep 1; done
  kill -QUIT $postgres ) <&3 3<&- >/dev/null 2>&1 &
watcher=$!
exec 3<&-
while :; do
  wait $postgres; code=$?
  kill -0 $postgres 2>/dev/null || break
done
kill -KILL $watcher 2>/dev/null
exit $code
`

/** Runs a program under the supervisor, its output going to the open file `output`. In a session of its own: Ctrl-C is for the service, which drains first. */
export function supervise(
  command: string[],
  output: number,
  user: SystemUser | undefined,
  variables: Record<string, string>,
): Supervised {
  const shell = spawn('/bin/sh', ['-c', script, supervisorName, ...command], {
    ...user,
    detached: true,
    cwd: '/',
    env: { ...environment, ...variables },
    stdio: ['pipe', output, output],
  })
  const exited = new Promise<number | null>((resolve) => {
    shell.once('exit', resolve)
    shell.once('error', ({ message }) => {
      writeSync(output, `${message}\n`)
      resolve(null)
    })
  })
  const input = shell.stdin as Socket
  input.on('error', () => undefined)
  // A running database is no reason to keep a process that has nothing else to do.
  shell.unref()
  input.unref()
  return {
    pid: shell.pid,
    exited,
    stop: () => {
      shell.ref()
      input.end()
    },
  }
}
