import type { Queryable } from '../../db/db.ts'
import type { LinkCounts } from '../../domain/link/counts.ts'
import { lastTick, mayReadTicks } from '../../queries/recovery/tick.ts'

/** What is known of the links of 24 hours, and how old that is, ms, by the database's clock. */
export interface KnownLinks extends LinkCounts {
  ageMs: number
}

/**
 * What the worker counted last, for answers that are made of links. Resolves to null if no worker has been through 24 hours yet, or if this role
 * may not read its table (docs/links.md has the grants).
 */
export function createLinkCounts(): (db: Queryable) => Promise<KnownLinks | null> {
  let readable: boolean | undefined
  return async (db) => {
    readable ??= await mayReadTicks(db)
    const last = readable ? await lastTick(db) : undefined
    return last?.counts && last.countsAgeMs !== null ? { ...last.counts, ageMs: last.countsAgeMs } : null
  }
}
