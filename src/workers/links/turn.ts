import { setTimeout as pause } from 'node:timers/promises'
import type { Writer } from '../../db/db.ts'
import { expireLease, leaseHolder, type Lease } from '../../queries/recovery/lease.ts'
import { checkLease, holderName, LINKS, LINKS_NEXT, takeLease } from '../lease.ts'

export interface Turn {
  /** What wants to write, for others to read: `links mend`. */
  what: string
  signal: AbortSignal
  /** Hears who is waited for, at first and every 10 s. */
  say: (sentence: string) => void
}

const PAUSE = 1000
const SAY_EVERY = 10_000

/**
 * Does the work of a command that writes links, under the lease that it shares with the worker of the service. Waits until nobody else holds
 * it: a worker gives way at its next batch, another command ends first. Throws the reason of the signal if that aborts while it waits.
 */
export async function inTurn<T>(writer: Writer, turn: Turn, work: (lease: Lease) => Promise<T>): Promise<T> {
  const next = await waitFor(writer, LINKS_NEXT, turn)
  let lease: Lease | undefined
  try {
    lease = await waitFor(writer, LINKS, turn, next)
    await expireLease(writer, next)
    return await work(lease)
  } finally {
    // Of a session that is lost they expire by themselves.
    for (const held of lease ? [lease] : [next]) await expireLease(writer, held).catch(() => undefined)
  }
}

async function waitFor(writer: Writer, name: string, { what, signal, say }: Turn, held?: Lease): Promise<Lease> {
  let saidAt = -Infinity
  for (;;) {
    signal.throwIfAborted()
    const lease = await takeLease(writer, name, holderName(what))
    if (lease) return lease
    if (held) await checkLease(writer, held)
    if (performance.now() - saidAt >= SAY_EVERY) {
      const other = await leaseHolder(writer, name)
      if (other) say(`${other.holder} writes links at this moment, or waits to do so: waiting for it`)
      saidAt = performance.now()
    }
    await pause(PAUSE, undefined, { signal }).catch(() => undefined)
  }
}
