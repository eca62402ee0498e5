import { setTimeout as pause } from 'node:timers/promises'

export interface Loop {
  /** Resolves to the pause after it, ms. */
  work: () => Promise<number>
  /** Hears each failure; `again`: the same as the one before. */
  failed: (error: Error, again: boolean) => void
  /** Hears that work succeeded after failures. */
  recovered: () => void
}

const LONGEST_PAUSE = 60_000

/** What fails is tried again after so many ms: 1 s, 2 s … 60 s. `failures`: those before. */
export function pauseAfter(failures: number): number {
  return Math.min(1000 * 2 ** failures, LONGEST_PAUSE)
}

/** Does some work again and again until the signal aborts. What fails is tried again after 1 s, 2 s … 60 s; nothing is thrown. */
export async function loop({ work, failed, recovered }: Loop, signal: AbortSignal): Promise<void> {
  let failures = 0
  let last: string | undefined
  while (!signal.aborted) {
    let wait: number
    try {
      wait = await work()
      if (failures > 0) recovered()
      failures = 0
      last = undefined
    } catch (cause) {
      if (signal.aborted) return
      const error = cause as Error
      failed(error, error.message === last)
      last = error.message
      wait = pauseAfter(failures)
      failures += 1
    }
    await pause(wait, undefined, { signal }).catch(() => undefined)
  }
}
