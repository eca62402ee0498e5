import type pg from 'pg'
import type { Stopping } from './cancel.ts'
import type { HealthyConnections } from './healthy-connections.ts'
import { drop, waits } from './dead-connections.ts'

export interface CheckedOut {
  client: pg.PoolClient
  /** Resolves when no cancelling is under way any more: before that, the next statement might be the one that is hit. */
  settled: () => Promise<void>
  /** Why the connection was lost between two statements; undefined as long as it was not. The statement that follows knows only that it is lost. */
  lost: () => Error | undefined
  /** Gives the connection back, or throws it away when it failed. */
  release: (failure?: unknown) => Promise<void>
}

/** How long a statement may go on after it was cancelled, ms: then its backend does not listen, and is ended. */
const GRACE = 1000

/**
 * A connection of the pool. When `signal` aborts, what it runs is stopped on the server, since closing a socket does not stop a backend;
 * it goes back to the pool only after the stopping is done, so that the next statement on it is never the one that is hit.
 */
export async function checkOut(
  lending: HealthyConnections,
  stopping: Stopping,
  signal?: AbortSignal,
): Promise<CheckedOut> {
  const client = await lending.take()
  if (signal?.aborted) {
    lending.giveBack(client)
    throw abandoned()
  }
  /** Whether stopping took the end of the connection. */
  let settling: Promise<boolean> | undefined
  const onAbort = (): void => {
    settling ??= stop(client, stopping).catch(() => false)
  }
  // A connection lost between two statements, while a reader is slow, says so by an event: unheard, it ends the process. The next statement fails.
  let lost: Error | undefined
  const onLost = (error: Error): void => {
    lost ??= error
  }
  client.on('error', onLost)
  signal?.addEventListener('abort', onAbort)
  return {
    client,
    settled: async () => void (await settling),
    lost: () => lost,
    async release(failure) {
      signal?.removeEventListener('abort', onAbort)
      const ended = await settling
      client.off('error', onLost)
      // One that was ended on purpose says nothing of the others.
      lending.giveBack(client, ended ? abandoned() : failure)
    },
  }
}

/** Stops what a connection runs, if it runs anything; whether that took its end. */
async function stop(client: pg.PoolClient, stopping: Stopping): Promise<boolean> {
  const { processID } = client as pg.PoolClient & { processID: number }
  if (!waits(client)) return false
  await stopping.cancel(processID)
  if (await answers(client)) return false
  drop(client)
  await stopping.terminate(processID)
  return true
}

/** Whether the statement that was cancelled is over soon. */
function answers(client: pg.PoolClient): Promise<boolean> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      for (const event of ['drain', 'end']) client.off(event, over)
      resolve(!waits(client))
    }
    const timer = setTimeout(over, waits(client) ? GRACE : 0)
    for (const event of ['drain', 'end']) client.once(event, over)
  })
}

/** What is thrown where nobody waits for the answer any more. */
export function abandoned(): Error {
  return Object.assign(new Error('nobody waits for this answer any more'), { code: 'ABANDONED' })
}
