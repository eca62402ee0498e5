import type { Snapshot } from '../../db/db.ts'
import { addMs, instant } from '../../domain/instant.ts'
import { countedLinks, type LinkCounts } from '../../domain/link/counts.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { createLinkCounts } from '../links/counts.ts'
import { stuckRows } from '../../queries/analysis/stuck.ts'
import { lateCrashes, lateRuns, type RunRow } from '../../queries/metrics/finished.ts'

/** Told of what finished since the last tick, and of how things stand. */
export interface Figures {
  ran: (run: { sourceFunction: string; jobName: string; failed: boolean; durationMs: number | null }) => void
  crashed: (sourceFunction: string) => void
  /** Jobs that say that they run and do not, by the name of the job. */
  stuck: (jobs: ReadonlyArray<{ name: string; count: number }>) => void
  /** What the worker counted last of the links of 24 hours. */
  links: (state: keyof LinkCounts, count: number) => void
}

/** Rows arrive late, and long runs are written again and again: those of so many ms are looked at in each tick, and each is counted once. */
const LOOKED_BACK = 15 * 60_000
/** Clocks differ by seconds, and a row is written some time before it is seen. */
const OVERLAP = 60_000
/** Runs that are under way, and runs that were counted. Of more the oldest are forgotten: 200,000 ids take 20 MB. */
const MOST_RUNNING = 10_000
const MOST_COUNTED = 200_000

/**
 * Counts what finishes while the process runs. The first tick counts nothing: what it finds had finished before. A run is counted by the tick after its end, once,
 * if it was seen within 15 minutes of its start; one that is seen running is followed until it ends.
 */
export function createJobFigures(told: Figures, rules: RowRules): { tick: (db: Snapshot) => Promise<void> } {
  const running = new Set<string>()
  const counted = new Set<string>()
  const crashed = new Set<string>()
  const linkCounts = createLinkCounts()
  let last: string | undefined
  const take = (row: RunRow, first: boolean): void => {
    if (counted.has(row.id)) return
    if (row.running) {
      remember(running, row.id, MOST_RUNNING)
      return
    }
    running.delete(row.id)
    remember(counted, row.id, MOST_COUNTED)
    if (!first) told.ran(row)
  }
  return {
    async tick(db) {
      const now = instant(db.asOf)
      const first = last === undefined
      const since = { began: addMs(now, -LOOKED_BACK), written: addMs(last ?? now, first ? -LOOKED_BACK : -OVERLAP) }
      for (const row of await lateRuns(db, since, [...running])) take(row, first)
      for (const { id, sourceFunction } of await lateCrashes(db, since)) {
        if (crashed.has(id)) continue
        remember(crashed, id, MOST_COUNTED)
        if (!first) told.crashed(sourceFunction)
      }
      told.stuck((await stuckRows(db, 'job', rules)).rows)
      const links = await linkCounts(db)
      if (links) for (const state of countedLinks) told.links(state, links[state])
      last = now
    },
  }
}

/** The newest ids; a set keeps the order in which they came. */
function remember(ids: Set<string>, id: string, most: number): void {
  ids.add(id)
  if (ids.size <= most) return
  for (const oldest of ids) {
    ids.delete(oldest)
    return
  }
}
