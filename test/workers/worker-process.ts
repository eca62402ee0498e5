import { examinerOf } from '../../src/workers/links/examine.ts'
import { startLinkWorker } from '../../src/workers/links/worker.ts'

// The worker of a service in mode mend, until it is killed.
startLinkWorker({
  connection: { connectionString: process.argv[2] ?? '' },
  examiner: examinerOf({ maxAge: 3_600_000, paths: [] }),
  mend: true,
  refuseToWrite: async () => undefined,
  log: { info: () => undefined, warn: () => undefined },
})
