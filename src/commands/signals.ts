// A Ctrl-C reaches the whole group of processes, and npm passes it on once more: only what comes later is a second wish.
const ECHO_MS = 500

/**
 * Calls `stop` on the first SIGTERM or SIGINT and exits 0 after it, or 1 when it failed or took longer than `patience` ms;
 * a second signal exits at once. (close-with-grace takes npm's echo of the first signal for the second.)
 */
export function onSignal(stop: (signal: string) => Promise<void>, patience: number): void {
  let first: number | undefined
  const handle = (signal: string): void => {
    if (first !== undefined) {
      if (performance.now() - first > ECHO_MS) process.exit(1)
      return
    }
    first = performance.now()
    setTimeout(() => process.exit(1), patience).unref()
    stop(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
}
