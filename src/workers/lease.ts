import { hostname } from 'node:os'
import type { Session, Timeouts, Writer } from '../db/db.ts'
import { extendLease, insertLease, renewLease, type Lease } from '../queries/recovery/lease.ts'

/** Whoever holds it may write links: one worker or command at a time. */
export const LINKS = 'links'
/** Whoever holds it waits for LINKS, and a worker gives way to them. */
export const LINKS_NEXT = 'links next'

/** A lease ends so long after its last renewal, ms. With the pause of those who wait (1 s) a lease whose holder died is taken within 10 s. */
const TTL = 6000
/** How long a batch of the holder is waited for, ms: batches take up to 100. */
const BATCH_PATIENCE = 500
/** lock_not_available */
const LOCKED = '55P03'

/** The lease has expired, or somebody else has taken it: nothing may be written any more under it. */
export class LeaseLost extends Error {
  override name = 'LeaseLost'
}

/** How the row of a lease names its holder: `service on host-1 (process 4711)`. */
export function holderName(what: string): string {
  return `${what} on ${hostname()} (process ${process.pid})`
}

/** Takes a lease; undefined while somebody else holds it. Only the database's clock says when one has ended. */
export async function takeLease(writer: Writer, name: string, holder: string): Promise<Lease | undefined> {
  try {
    return await writer.transaction((session) => insertLease(session, name, holder, TTL), {
      lockTimeout: BATCH_PATIENCE,
    })
  } catch (error) {
    if ((error as { code?: string }).code === LOCKED) return undefined
    throw error
  }
}

/**
 * The first statement of each transaction that writes under a lease: lengthens it, and keeps everybody else from taking it until the
 * transaction ends. Throws LeaseLost if a holder that was paused comes back too late, so that its transaction writes nothing.
 */
export async function checkLease(session: Session, lease: Lease): Promise<void> {
  if (!(await renewLease(session, lease, TTL)))
    throw new LeaseLost(`the lease "${lease.name}" has expired, or somebody else has taken it: nothing more is written`)
}

/**
 * Does work under a lease in one transaction. Its lock keeps everybody else from taking the lease, also if the work takes longer than the lease lasts
 * (a thousand payloads of 5 MB take 10 s), so at the end the lease is lengthened whether it has run out or not. Throws LeaseLost.
 */
export async function underLease<T>(
  writer: Writer,
  lease: Lease,
  work: (session: Session) => Promise<T>,
  timeouts?: Timeouts,
): Promise<T> {
  return writer.transaction(async (session) => {
    await checkLease(session, lease)
    const result = await work(session)
    await extendLease(session, lease, TTL)
    return result
  }, timeouts)
}
