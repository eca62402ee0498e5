import type { Snapshot } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import { linkOf, type FoundLink, type LinkFacts } from '../../domain/link/rule.ts'
import { linkFacts, mayReadPayloads, type LinkFactsRow } from '../../queries/link.ts'

/** What LINK_MAX_AGE (ms) and LINK_PATHS say. */
export interface LinkSettings {
  maxAge: number
  paths: readonly LinkPath[]
}

/** Tells the link of one invocation from its row, its payload and the row of the job that is named. */
export type ReadLink = (db: Snapshot, invocationId: string) => Promise<FoundLink>

/** Reads links. Whether the role may read payloads is looked up once; where it may not, links that are not recorded are unknown. */
export function linkReader({ maxAge, paths }: LinkSettings): ReadLink {
  let readable: boolean | undefined
  return async (db, invocationId) => {
    readable ??= await mayReadPayloads(db)
    const [row] = await linkFacts(db, invocationId, readable ? paths : null)
    return row ? linkOf(factsOf(row, db.asOf), maxAge) : { link: 'unknown', namedJobId: null }
  }
}

function factsOf({ jobStartedAt, jobDurationMs, ownJob, ...row }: LinkFactsRow, asOf: string): LinkFacts {
  return {
    ...row,
    createdAt: instant(row.createdAt),
    eventTime: instant(row.eventTime),
    now: instant(asOf),
    job: jobStartedAt === null ? null : { startedAt: instant(jobStartedAt), durationMs: jobDurationMs, own: ownJob },
  }
}
