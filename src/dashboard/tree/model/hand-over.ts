/** When a job ran, ms; a null is not known. */
export interface Ran {
  startMs: number | null
  endMs: number | null
}

/**
 * Since when an invocation waited, ms: its event's time if that lies between the start of the job and its own start, else the end of the job if that came
 * before. Null: it did not wait, or nobody knows. The critical path of the API cuts its waits at the same places.
 */
export function waitsFrom(job: Ran, startMs: number | null, eventMs: number | null): number | null {
  if (startMs === null) return null
  const ended = job.endMs !== null && job.endMs < startMs ? job.endMs : null
  const byEvent = eventMs !== null && job.startMs !== null && eventMs >= job.startMs && eventMs < startMs
  if (byEvent && (ended === null || eventMs <= ended)) return eventMs
  return ended
}
