import { examinerOf } from '../../src/workers/links/examine.ts'
import { linkTask } from '../../src/workers/links/task.ts'
import { startWorker } from '../../src/workers/worker.ts'

const log = { info: () => undefined, warn: () => undefined }

// The worker of a service in mode mend, until it is killed.
startWorker({
  connection: { connectionString: process.argv[2] ?? '' },
  tasks: (signal) => [linkTask({ examiner: examinerOf({ maxAge: 3_600_000, paths: [] }), mend: true, log }, signal)],
  refuseToWrite: async () => undefined,
  log,
})
