import type { Writer } from '../../src/db/db.ts'
import { nextHour } from '../../src/domain/rollup/due.ts'
import type { LinkWay } from '../../src/domain/link/way.ts'
import type { Lease } from '../../src/queries/recovery/lease.ts'
import { forgetHours } from '../../src/queries/rollups/hours.ts'
import { countUnderLease, look } from '../../src/workers/rollups/task.ts'

/** Counts all hours anew, as the worker does in time. Resolves to how many. */
export async function recount({ writer, lease }: { writer: Writer; lease: Lease }, way: LinkWay): Promise<number> {
  await forgetHours(writer)
  return countDue(writer, lease, way)
}

/** Counts what is due at this moment, but nothing in turn. */
export async function countDue(writer: Writer, lease: Lease, way: LinkWay): Promise<number> {
  for (let counted = 0; ; counted += 1) {
    const hour = nextHour({ ...(await look(writer, way)), sinceInTurn: 0, inTurnTookMs: 0 })
    if (hour === undefined) return counted
    await countUnderLease(writer, lease, hour, way)
  }
}
