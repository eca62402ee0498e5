import type { Writer } from '../db/db.ts'
import type { TaskFigures, WorkerState } from '../domain/worker-state.ts'
import type { Lease } from '../queries/recovery/lease.ts'
import { LeaseLost } from './lease.ts'
import { pauseAfter } from './loop.ts'
import type { Task } from './task.ts'

/** The tasks of a worker, each with what it is at. */
export interface Tasks {
  /** With commas between, for the log. */
  names: string
  /** Does what each has to do now. Resolves to whether nothing is left to do; throws what ends them all: the lease or the connection is lost, or it stops. */
  tick(writer: Writer, lease: Lease): Promise<boolean>
  /** Another process does them. */
  elsewhere(): void
  /** None could be done. */
  failed(): void
  state(name: string): WorkerState | undefined
  figures(): TaskFigures[]
}

interface Under {
  task: Task
  state: () => WorkerState
  /** In a row. */
  failures: number
  failuresInAll: number
  /** By the clock of this process, ms: when it was done last. */
  doneAt: number | undefined
  /** Likewise: after a failure it rests until then. */
  restsUntil: number
}

/** A task that fails rests for 1 s, 2 s … 60 s, and the others go on. */
export function tasksInTurn(
  tasks: readonly Task[],
  log: { info(message: string): void; warn(details: object, message: string): void },
  signal: AbortSignal,
): Tasks {
  const all = tasks.map((task): Under => ({ task, ...resting({ ok: null, detail: task.told.waiting }) }))
  const tellAll = (ok: boolean, detail: (task: Task) => string): void => {
    for (const one of all) one.state = () => ({ ok, detail: detail(one.task) })
  }
  return {
    names: tasks.map(({ name }) => name).join(', '),
    async tick(writer, lease) {
      let finished = true
      for (const one of all) {
        if (performance.now() < one.restsUntil) continue
        try {
          finished = (await one.task.tick(writer, lease)) && finished
          succeeded(one, log)
        } catch (error) {
          if (signal.aborted || writer.lost || error instanceof LeaseLost) throw error
          failed(one, error as Error, log)
        }
      }
      return finished
    },
    elsewhere: () => tellAll(true, ({ told }) => told.elsewhere),
    failed: () => {
      for (const one of all) one.failuresInAll += 1
      tellAll(false, ({ told }) => told.failing)
    },
    state: (name) => all.find(({ task }) => task.name === name)?.state(),
    figures: () =>
      all.map(({ task: { name }, failuresInAll: failures, doneAt }) => ({
        name,
        failures,
        age: doneAt === undefined ? undefined : performance.now() - doneAt,
      })),
  }
}

function resting(state: WorkerState): Omit<Under, 'task'> {
  return { state: () => state, failures: 0, failuresInAll: 0, doneAt: undefined, restsUntil: -Infinity }
}

function succeeded(one: Under, log: { info(message: string): void }): void {
  const { name, told } = one.task
  if (one.failures > 0) log.info(`${name}: the worker goes on`)
  const at = performance.now()
  one.failures = 0
  one.doneAt = at
  one.state = () => ({ ok: true, detail: `${told.done} ${secondsSince(at)} s ago` })
}

function failed(one: Under, error: Error, log: { warn(details: object, message: string): void }): void {
  const { name, told } = one.task
  if (one.failures === 0) log.warn({ err: error }, `${name}: the worker tries again: ${error.message}`)
  one.restsUntil = performance.now() + pauseAfter(one.failures)
  one.failures += 1
  one.failuresInAll += 1
  one.state = () => ({ ok: false, detail: told.failing })
}

function secondsSince(at: number): number {
  return Math.round((performance.now() - at) / 100) / 10
}
