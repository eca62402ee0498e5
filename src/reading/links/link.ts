import type { Queryable } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { linkOf, type FoundLink, type LinkFacts } from '../../domain/link/rule.ts'
import { linkFactsOf, mayReadPayloads, type LinkFactsRow } from '../../queries/link.ts'

/** What LINK_MAX_AGE (ms) and LINK_PATHS say. */
export interface LinkSettings {
  maxAge: number
  paths: readonly LinkPath[]
}

/** Tells the link of one invocation from its row, its payload and the row of the job that is named. */
export interface LinkReader {
  /** Where a statement may look into payloads; null: nowhere, for the role may not read them, and links that are not recorded are unknown. Looked up once. */
  paths: (db: Queryable) => Promise<readonly LinkPath[] | null>
  /** From what another statement read with its own rows, or where that is null, in a statement of its own. */
  linkOf: (
    db: Queryable & { asOf: string },
    invocationId: string,
    facts: LinkFactsRow | null,
    way: LinkWay,
  ) => Promise<FoundLink>
}

export function createLinkReader({ maxAge, paths }: LinkSettings): LinkReader {
  let readable: boolean | undefined
  const within: LinkReader['paths'] = async (db) => {
    readable ??= await mayReadPayloads(db)
    return readable ? paths : null
  }
  return {
    paths: within,
    async linkOf(db, invocationId, facts, way) {
      const row = facts ?? (await linkFactsOf(db, invocationId, await within(db), way))
      return row ? linkOf(factsOf(row, db.asOf), maxAge) : { link: 'unknown', namedJobId: null }
    },
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
