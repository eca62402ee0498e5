import type { Session, Writer } from '../../db/db.ts'
import { countedShare, nextHour } from '../../domain/rollup/due.ts'
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
    signal.throwIfAborted()
    const known = { ...(await look(writer)), until }
    const { counted, all } = countedShare(known)
    progress(counted, all)
    const hour = counted < all ? nextHour({ ...known, sinceInTurn: 0, inTurnTookMs: 0 }) : undefined
    if (hour === undefined) return counted
    await work(writer, lease, hour)
  }
}
