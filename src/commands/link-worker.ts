import type { Logger } from 'pino'
import type { Config } from '../config/groups.ts'
import type { RecoveryMode } from '../domain/link/recovery.ts'
import type { WorkerState } from '../domain/link/worker-state.ts'
import { refuseToWrite } from '../db/migrate/stops.ts'
import { examinerOf } from '../workers/links/examine.ts'
import { startLinkWorker, type LinkWorker } from '../workers/links/worker.ts'
import { migrateOptions } from './migrations.ts'
import type { Source } from './open-database.ts'

/** The worker that recovers lost links, in a service that listens before it knows its database. */
export interface ServiceLinkWorker {
  /** Starts it if anything may be written. */
  start(source: Source, writes: RecoveryMode): void
  /** undefined: there is none. */
  state(): WorkerState | undefined
  /** Resolves when its batch is over, after 3 s at most. */
  stop(): Promise<void>
}

export function serviceLinkWorker(
  { links, migrations }: Pick<Config, 'links' | 'migrations'>,
  log: Logger,
  signal: AbortSignal,
): ServiceLinkWorker {
  let worker: LinkWorker | undefined
  return {
    start(source, writes) {
      if (writes === 'off') return
      worker = startLinkWorker({
        connection: source.connection,
        examiner: examinerOf(links),
        mend: writes === 'mend',
        log,
        refuseToWrite: () => refuseToWrite(migrateOptions(migrations, source, log, signal)),
      })
    },
    state: () => worker?.state(),
    stop: async () => worker?.stop(),
  }
}
