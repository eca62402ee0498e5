import type { Writer } from '../../src/db/db.ts'
import type { RowRules } from '../../src/domain/liveness.ts'
import { expireLease } from '../../src/queries/recovery/lease.ts'
import { forgetTreeHours } from '../../src/queries/summaries/hours.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { rebuildHours } from '../../src/workers/rollups/rebuild.ts'
import { summaryWork } from '../../src/workers/summaries/task.ts'

/** Sums up all trees anew, as the worker does in time. Resolves to how many hours they began in. */
export async function sumAll(writer: Writer, rules: RowRules): Promise<number> {
  const lease = await takeLease(writer, LINKS, 'test')
  if (!lease) throw new Error('somebody else holds the lease')
  const { signal } = new AbortController()
  const hours = summaryWork(rules)
  const counted = await rebuildHours({
    writer,
    lease,
    hours,
    forget: forgetTreeHours,
    signal,
    progress: () => undefined,
  })
  await expireLease(writer, lease)
  return counted
}
