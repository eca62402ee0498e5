import type { Queryable } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import { knownLinks, type KnownLinks } from '../../domain/link/known.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { linkCounts, mayReadPayloads } from '../../queries/link.ts'
import type { LinkSettings } from './link.ts'

/** Tells how many links are known, for answers that are made of links; null where nobody could look yet. Never throws. */
export type LookAtLinks = () => Promise<KnownLinks | null>

/** A look reads a thousand payloads: 10 to 60 ms, more if they are not in memory. */
const LONGEST = 2000
const KEPT = 60_000

/** Looks at most once a minute; in between it gives what it found last. The start decides where links are read after this was made. */
export function linkLook(db: Queryable, { paths }: LinkSettings, rules: Pick<RowRules, 'linkWay'>): LookAtLinks {
  let found: KnownLinks | null = null
  let lookedAt = -Infinity
  let looking: Promise<void> | undefined
  const lookNow = async (): Promise<void> => {
    try {
      const { asOf, ...counts } = await linkCounts(
        db,
        (await mayReadPayloads(db)) ? paths : null,
        rules.linkWay,
        AbortSignal.timeout(LONGEST),
      )
      found = knownLinks(counts, instant(asOf))
    } catch {
      // A database that is away or slow is told of by what needs it.
    } finally {
      lookedAt = performance.now()
      looking = undefined
    }
  }
  return async () => {
    if (performance.now() - lookedAt > KEPT) await (looking ??= lookNow())
    return found
  }
}
