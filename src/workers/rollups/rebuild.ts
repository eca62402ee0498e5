import type { Writer } from '../../db/db.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { countedShare, nextHour } from '../../domain/rollup/due.ts'
import { forgetHours } from '../../queries/rollups/hours.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { underLease } from '../lease.ts'
import { countUnderLease, look } from './task.ts'

export interface Rebuilding {
  writer: Writer
  lease: Lease
  /** Where links are read. */
  way: LinkWay
  signal: AbortSignal
  /** Hears how many hours are counted, of how many. */
  progress: (counted: number, all: number) => void
}

/** Forgets all hours and counts them again, the newest first; resolves to how many. What is stopped the worker of the service goes on with. Throws LeaseLost. */
export async function rebuildRollups({ writer, lease, way, signal, progress }: Rebuilding): Promise<number> {
  await underLease(writer, lease, forgetHours)
  for (;;) {
    signal.throwIfAborted()
    const known = await look(writer, way)
    const { counted, all } = countedShare(known)
    progress(counted, all)
    const hour = counted < all ? nextHour({ ...known, sinceInTurn: 0, inTurnTookMs: 0 }) : undefined
    if (hour === undefined) return counted
    await countUnderLease(writer, lease, hour, way)
  }
}
