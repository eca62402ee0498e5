import type pg from 'pg'
import type { Lending } from './lending.ts'

/** Stops what a backend runs, by its process id. */
export type Cancel = (processId: number) => Promise<void>

export interface CheckedOut {
  client: pg.PoolClient
  /** Resolves when no cancelling is under way any more: before that, the next statement might be the one that is hit. */
  settled: () => Promise<void>
  /** Gives the connection back, or throws it away when it failed. */
  release: (failure?: unknown) => Promise<void>
}

/**
 * A connection of the pool. When `signal` aborts, what it runs is cancelled on the server, since closing a socket does not stop a backend;
 * it goes back to the pool only after the cancelling is done, so that the next statement on it is never the one that is hit.
 */
export async function checkOut(lending: Lending, cancel: Cancel, signal?: AbortSignal): Promise<CheckedOut> {
  const client = await lending.take()
  if (signal?.aborted) {
    lending.giveBack(client)
    throw abandoned()
  }
  let cancelling: Promise<void> | undefined
  const onAbort = (): void => {
    const { processID } = client as pg.PoolClient & { processID: number }
    cancelling ??= cancel(processID).catch(ignore)
  }
  // A connection lost between two statements, while a reader is slow, says so by an event: unheard, it ends the process. The next statement fails.
  client.on('error', ignore)
  signal?.addEventListener('abort', onAbort)
  return {
    client,
    settled: async () => cancelling,
    async release(failure) {
      signal?.removeEventListener('abort', onAbort)
      await cancelling
      client.off('error', ignore)
      lending.giveBack(client, failure)
    },
  }
}

/** What is thrown where nobody waits for the answer any more. */
export function abandoned(): Error {
  return Object.assign(new Error('nobody waits for this answer any more'), { code: 'ABANDONED' })
}

function ignore(): void {
  // What failed is told by the next statement.
}
