import { setTimeout as pause } from 'node:timers/promises'
import type { Connection, Writer } from '../db/db.ts'
import { reopening } from '../db/reopening.ts'
import type { WorkerFigures, WorkerState } from '../domain/worker-state.ts'
import { expireLease, leaseHolder, type Lease } from '../queries/recovery/lease.ts'
import { holderName, LeaseLost, LINKS, LINKS_NEXT, takeLease } from './lease.ts'
import { loop } from './loop.ts'
import { openWorkSession } from './session.ts'
import { tasksInTurn } from './tasks.ts'
import type { Task } from './task.ts'

export interface WorkerOptions {
  connection: Connection
  /** Made once, with the signal that ends them. */
  tasks: (signal: AbortSignal) => Task[]
  /** Throws the sentence of what stands in the way of writing: asked before anything is written, until it throws nothing. */
  refuseToWrite: () => Promise<void>
  log: { info(message: string): void; warn(details: object, message: string): void }
}

/** Does the tasks of the service while it runs, one after another, in one process at a time. */
export interface Worker {
  /** What the task of this name is at, for whoever looks at the service; undefined: there is none. */
  state(name: string): WorkerState | undefined
  figures(): WorkerFigures
  /** Resolves when it has ended and given its lease back, or after 3 s if the database does not answer. */
  stop(): Promise<void>
}

const EVERY = 3000
/** How often a worker without the lease asks for it: with the 6 s of a lease it takes over within 10 s. */
const ASK_EVERY = 1000
const STOP_PATIENCE = 3000

/** Starts the worker. It throws nothing: what fails is logged, and tried again. */
export function startWorker({ connection, tasks: made, log, refuseToWrite }: WorkerOptions): Worker {
  const stopping = new AbortController()
  const { signal } = stopping
  const database = reopening(() => openWorkSession(connection, 'worker', log))
  const tasks = tasksInTurn(made(signal), log, signal)
  let lease: Lease | undefined
  let allowed = false

  const giveBack = async (writer: Writer): Promise<void> => {
    if (lease) await expireLease(writer, lease)
    lease = undefined
  }
  const work = async (writer: Writer): Promise<number> => {
    if (!allowed) await refuseToWrite()
    allowed = true
    if (await leaseHolder(writer, LINKS_NEXT)) await giveBack(writer)
    else lease ??= await takeLease(writer, LINKS, holderName('service'))
    if (!lease) {
      if (await leaseHolder(writer, LINKS)) tasks.elsewhere()
      return ASK_EVERY
    }
    // A command that waits has its turn at once.
    return (await tasks.tick(writer, lease)) ? EVERY : 0
  }
  const failed = (error: Error, again: boolean): void => {
    // Another process has taken the lease, as it should if this one was paused for long.
    if (error instanceof LeaseLost) lease = undefined
    tasks.failed()
    if (!again) log.warn({ err: error }, `${tasks.names}: the worker tries again: ${error.message}`)
  }
  const recovered = (): void => log.info(`${tasks.names}: the worker goes on`)
  const running = loop({ work: () => database.use(work), failed, recovered }, signal)
    .then(() => lease && database.use(giveBack).catch(() => undefined))
    .then(() => database.end())
  return {
    state: (name) => tasks.state(name),
    figures: () => ({ holdsLease: lease !== undefined, tasks: tasks.figures() }),
    async stop() {
      stopping.abort()
      await Promise.race([running, pause(STOP_PATIENCE, undefined, { ref: false })])
    },
  }
}
