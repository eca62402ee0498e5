import type { Queryable } from '../../db/db.ts'
import { addMs, instant, instantOf } from '../../domain/instant.ts'
import { knownLinks, type KnownLinks } from '../../domain/link/known.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { mayReadPayloads, newestLinks } from '../../queries/link.ts'
import { createLinkCounts } from './counts.ts'
import type { LinkSettings } from './link.ts'

/** Tells how many links are known, for answers that are made of links; null where nobody could look yet. Never throws. */
export type LookAtLinks = () => Promise<KnownLinks | null>

/** A look reads a thousand payloads: 10 to 60 ms, more if they are not in memory. */
const LONGEST = 2000
const KEPT = 60_000

/**
 * What the worker counted last of 24 hours or, where none has, of the newest 1,000 invocations. Looks at most once a minute. The start decides where links are
 * read after this was made.
 */
export function linkLook(db: Queryable, { paths }: LinkSettings, rules: Pick<RowRules, 'linkWay'>): LookAtLinks {
  let found: KnownLinks | null = null
  let lookedAt = -Infinity
  let looking: Promise<void> | undefined
  const counted = createLinkCounts()
  const lookNow = async (): Promise<void> => {
    try {
      const ticked = await counted(db)
      if (ticked) {
        found = knownLinks(ticked, addMs(instantOf(Date.now()), -ticked.ageMs))
        return
      }
      const { asOf, ...counts } = await newestLinks(
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
