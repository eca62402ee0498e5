import type { Queryable } from '../../db/db.ts'
import { lostLinksText } from '../../domain/link/lost.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { mayReadPayloads, rootlikeCounts } from '../../queries/link.ts'
import type { LinkSettings } from './link.ts'

/** What is known of links that the writer does not record. */
export interface LostLinks {
  /** Looks, at most once a minute and for 2 s; a sentence if most links are lost. Never throws: what could not be looked at stays as it was. */
  look(): Promise<string | undefined>
  /** What the last look found. */
  last(): string | undefined
}

/** A look reads a thousand payloads: 10 to 60 ms, more if they are not in memory. */
const LONGEST = 2000
const KEPT = 60_000

export function lostLinks(db: Queryable, { paths }: LinkSettings, rules: RowRules): LostLinks {
  let found: string | undefined
  let lookedAt = -Infinity
  let looking: Promise<void> | undefined
  const lookNow = async (): Promise<void> => {
    try {
      if (!(await mayReadPayloads(db))) return
      found = lostLinksText(await rootlikeCounts(db, paths, rules.linkWay, AbortSignal.timeout(LONGEST)))
    } catch {
      // A database that is away or slow is told of by what needs it.
    } finally {
      lookedAt = performance.now()
      looking = undefined
    }
  }
  return {
    async look() {
      if (performance.now() - lookedAt > KEPT) await (looking ??= lookNow())
      return found
    },
    last: () => found,
  }
}
