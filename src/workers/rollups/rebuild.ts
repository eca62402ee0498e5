import type { Session, Writer } from '../../db/db.ts'
import { countedShare, uncountedHours } from '../../domain/rollup/due.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { underLease } from '../lease.ts'
import type { HourWork } from './hours-in-turn.ts'

export interface Rebuilding {
  writer: Writer
  lease: Lease
  hours: HourWork
  /** Forgets that anything was done. */
  forget: (session: Session) => Promise<void>
  signal: AbortSignal
  /** Hears how many hours are done, of how many. */
  progress: (counted: number, all: number) => void
}

/** Forgets all hours and does them again, the newest first; resolves to how many. What is stopped the worker of the service goes on with. Throws LeaseLost. */
export async function rebuildHours({ writer, lease, hours, forget, signal, progress }: Rebuilding): Promise<number> {
  const { until, look, work } = hours
  await underLease(writer, lease, forget)
  for (;;) {
    // An hour may end meanwhile.
    const known = { ...(await look(writer)), until }
    const { counted, all } = countedShare(known)
    progress(counted, all)
    const uncounted = uncountedHours(known)
    if (uncounted.length === 0) return counted
    for (const [nth, hour] of uncounted.entries()) {
      signal.throwIfAborted()
      await work(writer, lease, hour)
      progress(counted + nth + 1, all)
    }
  }
}
