const FAILURES = new Set(['failed', 'timeout', 'timed_out', 'detection_failed', 'handler_failed'])
const RUNNING = new Set(['running', 'detecting', 'handling'])

/** What a row is, as it is shown: what the writer wrote, unless the rows tell that it is not so. */
export function outcomeOf({ status, stale, crashed }: { status: string; stale?: boolean; crashed?: boolean }): string {
  if (crashed === true) return 'crashed'
  if (stale === true) return 'stale'
  return status
}

/** The colour of an outcome, by its name in the styles. */
export function toneOf(outcome: string): 'failed' | 'crashed' | 'stale' | 'running' | 'ok' | 'neutral' {
  if (outcome === 'crashed' || outcome === 'stale') return outcome
  if (FAILURES.has(outcome)) return 'failed'
  if (RUNNING.has(outcome)) return 'running'
  return outcome === 'completed' ? 'ok' : 'neutral'
}

/** Told by its word and its colour. */
export function Status(row: { status: string; stale?: boolean; crashed?: boolean }) {
  const outcome = outcomeOf(row)
  return <span className={`status status-${toneOf(outcome)}`}>{outcome}</span>
}
