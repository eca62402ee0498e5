import { setTimeout as pause } from 'node:timers/promises'
import { openWorkSession } from '../../src/workers/session.ts'
import { checkLease, LINKS, takeLease } from '../../src/workers/lease.ts'

// A process that holds the lease, says so, and renews it until it is killed.
const writer = await openWorkSession({ connectionString: process.argv[2] ?? '' }, 'links', { warn: () => undefined })
const lease = await takeLease(writer, LINKS, 'the other process')
if (!lease) throw new Error('somebody else holds the lease')
process.stdout.write('held\n')
for (;;) {
  await writer.transaction((session) => checkLease(session, lease))
  await pause(100)
}
