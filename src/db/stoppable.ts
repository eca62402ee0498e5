import { setTimeout as pause } from 'node:timers/promises'

/** How long to wait until the next cancelling, ms: one that comes before the statement has begun stops nothing. */
const AGAIN = 250

/**
 * Runs one statement. When one of the signals aborts, `cancel` is called until the statement is over. Resolves only when no cancelling is under way
 * any more: before that, the next statement might be the one that is hit. Nothing begins after an abort: the reason of the signal is thrown.
 */
export async function stoppable<T>(
  signals: Array<AbortSignal | undefined>,
  cancel: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  for (const signal of signals) signal?.throwIfAborted()
  const over = new AbortController()
  let cancelling: Promise<void> | undefined
  const stop = (): void => {
    cancelling ??= repeated(cancel, over.signal)
  }
  for (const signal of signals) signal?.addEventListener('abort', stop)
  try {
    return await work()
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', stop)
    over.abort()
    await cancelling
  }
}

async function repeated(cancel: () => Promise<void>, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await cancel()
    await pause(AGAIN, undefined, { signal: over }).catch(() => undefined)
  }
}
