import type { Logger } from 'pino'
import type { Config } from '../config/groups.ts'
import type { RecoveryMode } from '../domain/link/recovery.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { RowRules } from '../domain/liveness.ts'
import type { WorkerFigures, WorkerState } from '../domain/worker-state.ts'
import { refuseToWrite } from '../db/migrate/stops.ts'
import { examinerOf } from '../workers/links/examine.ts'
import { linkTask } from '../workers/links/task.ts'
import { rollupTask } from '../workers/rollups/task.ts'
import { searchTask } from '../workers/search/task.ts'
import { summaryTask } from '../workers/summaries/task.ts'
import type { Task } from '../workers/task.ts'
import { startWorker, type Worker } from '../workers/worker.ts'
import { migrateOptions } from './migrations.ts'
import type { Source } from './open-database.ts'

/** Which tasks the worker has, as the configuration and the rights of the role say. */
export interface WorkerTasks {
  links: RecoveryMode
  /** Where links are read while hours are counted. */
  rollups: LinkWay | 'off'
  /** How rows are read while trees are summed up. */
  summaries: RowRules | 'off'
  /** The index of the search is filled. */
  search: boolean
}

/** The worker in a service that listens before it knows its database. */
export interface ServiceWorker {
  /** Starts it if there is a task for it. */
  start(source: Source, wanted: WorkerTasks): void
  /** Of the task of this name; undefined: there is none. */
  state(name: string): WorkerState | undefined
  /** Undefined: it has no task, or has not started. */
  figures(): WorkerFigures | undefined
  /** Resolves when its batch is over, after 3 s at most. */
  stop(): Promise<void>
}

export function serviceWorker(
  config: Pick<Config, 'links' | 'migrations' | 'search'>,
  log: Logger,
  signal: AbortSignal,
): ServiceWorker {
  let worker: Worker | undefined
  return {
    start(source, wanted) {
      const tasks = tasksOf(config, wanted, log)
      if (tasks.length === 0) return
      worker = startWorker({
        connection: source.connection,
        tasks: (stopping) => tasks.map((make) => make(stopping)),
        log,
        refuseToWrite: () => refuseToWrite(migrateOptions(config.migrations, source, log, signal)),
      })
    },
    state: (name) => worker?.state(name),
    figures: () => worker?.figures(),
    stop: async () => worker?.stop(),
  }
}

type MakeTask = (signal: AbortSignal) => Task

/** One line for each task; they have their turn in this order. */
function tasksOf({ links, search }: Pick<Config, 'links' | 'search'>, wanted: WorkerTasks, log: Logger): MakeTask[] {
  const tasks: MakeTask[] = []
  if (wanted.links !== 'off')
    tasks.push((signal) => linkTask({ examiner: examinerOf(links), mend: wanted.links === 'mend', log }, signal))
  const { rollups, summaries } = wanted
  if (rollups !== 'off') tasks.push((signal) => rollupTask(rollups, log, signal))
  if (summaries !== 'off') tasks.push((signal) => summaryTask(summaries, log, signal))
  if (wanted.search) tasks.push((signal) => searchTask(search, log, signal))
  return tasks
}
