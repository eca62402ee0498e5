import type { Writer } from '../../db/db.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { indexSize, sweepIndex } from '../../queries/search/index-sweep.ts'
import { underLease } from '../lease.ts'

/** A tick of the worker comes every 3 s, so that each row has its turn within half an hour. A row costs 2 µs. */
const TICKS_OF_A_ROUND = 600
const LEAST = 10_000
const TIMEOUTS = { statementTimeout: 30_000, lockTimeout: 1000 }

/** Makes what removes the rows of deleted invocations, some of the table at each call, in turn. Resolves to whether a round has ended. */
export function createSweep(): (writer: Writer, lease: Lease) => Promise<boolean> {
  let after: string | null = null
  return async (writer, lease) => {
    const { rows } = await indexSize(writer)
    const limit = Math.max(LEAST, Math.ceil(rows / TICKS_OF_A_ROUND))
    const { end } = await underLease(writer, lease, (session) => sweepIndex(session, after, limit), TIMEOUTS)
    after = end
    return end === null
  }
}
