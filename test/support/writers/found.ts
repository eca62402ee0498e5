import assert from 'node:assert/strict'
import type pg from 'pg'
import { keptLinks } from '../links.ts'
import type { WritersForest } from './forest.ts'

/** What must be kept of each invocation, by what really happened, as `state job`; of others nothing. `maxAge`: ms. `now`: ms since 1970, of the database. */
export function expectedLinks({ rows, truth }: WritersForest, maxAge: number, now: number): Map<string, string> {
  const jobs = new Set(rows.jobs.map(({ id }) => id))
  const must = new Map<string, string>()
  for (const { id, source_job_id } of rows.invocations) {
    const { link, parentJob, places, stale, start } = truth.invocations.get(id) ?? assert.fail(id)
    if (source_job_id !== null || places.length === 0) continue
    const named = stale?.jobId ?? parentJob ?? assert.fail(id)
    const young = Date.parse(start) > now - 60_000
    const state = !jobs.has(named)
      ? young
        ? 'pending'
        : 'severed'
      : stale && stale.afterMs > maxAge
        ? 'ambiguous'
        : 'recovered'
    assert.ok(stale !== null || ['named', 'severed', 'pending', 'deleted'].includes(link), link)
    must.set(id, `${state} ${named}`)
  }
  return must
}

/** What is kept of each invocation, in the same words. */
export async function stateOf(pool: pg.Pool): Promise<Map<string, string>> {
  return new Map(
    (await keptLinks(pool)).map(({ invocation_id, state, job_id }) => [invocation_id, `${state} ${job_id}`]),
  )
}

/** Invocations that are their own descendants, over recorded and kept links; by a climb that knows nothing of ours. */
export async function circles(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; parent: string | null }>(`
    select i.id, j.invocation_id as parent
      from public.invocations i
      left join public.observability_links l on l.invocation_id = i.id and l.state = 'recovered'
      left join public.job_executions j on j.id = coalesce(i.source_job_id, l.job_id)`)
  const parents = new Map(rows.map(({ id, parent }) => [id, parent]))
  return rows.flatMap(({ id }) => {
    const seen = new Set<string>()
    for (let at = parents.get(id); at != null && !seen.has(at); at = parents.get(at)) {
      if (at === id) return [id]
      seen.add(at)
    }
    return []
  })
}
