import type { Logger } from 'pino'
import type { Config } from '../config/groups.ts'
import type { RecoveryMode } from '../domain/link/recovery.ts'
import type { WorkerState } from '../domain/link/worker-state.ts'
import { examinerOf } from '../workers/links/examine.ts'
import { startLinkWorker, type LinkWorker } from '../workers/links/worker.ts'
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

export function serviceLinkWorker(links: Config['links'], log: Logger): ServiceLinkWorker {
  let worker: LinkWorker | undefined
  return {
    start({ connection }, writes) {
      if (writes !== 'off')
        worker = startLinkWorker({ connection, examiner: examinerOf(links), mend: writes === 'mend', log })
    },
    state: () => worker?.state(),
    stop: async () => worker?.stop(),
  }
}
