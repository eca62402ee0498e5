import { abandoned } from './checkout.ts'

interface Asked<K, R> {
  key: K
  signal: AbortSignal | undefined
  waiting: Waiting<R>
}

interface Waiting<R> {
  resolve(rows: R[]): void
  reject(error: unknown): void
}

/** Reads the rows of these keys; `signal` aborts when nobody waits for any of them. */
type Run<K, R> = (keys: K[], signal: AbortSignal) => Promise<R[]>

/**
 * Lookups that arrive while others are under way share one statement: `run` reads the rows of many keys at once, each row with the
 * place of its key. A lookup never joins a statement that has begun, so what it answers was read after it was asked.
 * What nobody waits for any more (`signal`) is left out of the next statement. A statement that has begun is given up when all its callers have
 * left: `run` is handed a signal of its own for that.
 * The first finds nothing under way and goes alone at once: only a busy service shares.
 * @param atOnce how many statements may be under way
 * @param most how many keys one statement may hold
 */
export function batchedLookups<K, R extends { nth: number }>(
  run: Run<K, R>,
  atOnce = 2,
  most = 100,
): (key: K, signal?: AbortSignal) => Promise<R[]> {
  let queue: Array<Asked<K, R>> = []
  let running = 0
  const next = (): void => {
    if (running >= atOnce) return
    queue = queue.filter(isWanted)
    if (queue.length === 0) return
    const batch = queue.slice(0, most)
    queue = queue.slice(most)
    running += 1
    void answer(batch, run).finally(() => {
      running -= 1
      next()
    })
  }
  return (key, signal) =>
    new Promise((resolve, reject) => {
      queue.push({ key, signal, waiting: { resolve, reject } })
      next()
    })
}

async function answer<K, R extends { nth: number }>(batch: ReadonlyArray<Asked<K, R>>, run: Run<K, R>): Promise<void> {
  const { signal, forget } = allLeft(batch.map((asked) => asked.signal))
  try {
    const rows = await run(
      batch.map(({ key }) => key),
      signal,
    )
    const byKey = batch.map((): R[] => [])
    for (const row of rows) byKey[row.nth]?.push(row)
    batch.forEach(({ waiting }, nth) => waiting.resolve(byKey[nth] ?? []))
  } catch (error) {
    for (const { waiting } of batch) waiting.reject(error)
  } finally {
    forget()
  }
}

/** A signal that aborts when all of these have; a caller without one stays. `forget` ends the listening. */
function allLeft(signals: ReadonlyArray<AbortSignal | undefined>): { signal: AbortSignal; forget: () => void } {
  const all = new AbortController()
  let staying = signals.length
  const onLeave = (): void => {
    staying -= 1
    if (staying === 0) all.abort()
  }
  for (const signal of signals) signal?.addEventListener('abort', onLeave, { once: true })
  return {
    signal: all.signal,
    forget() {
      for (const signal of signals) signal?.removeEventListener('abort', onLeave)
    },
  }
}

function isWanted<K, R>({ signal, waiting }: Asked<K, R>): boolean {
  if (signal?.aborted) waiting.reject(abandoned())
  return !signal?.aborted
}
