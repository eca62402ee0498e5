import type { Snapshot } from '../../db/db.ts'
import { compareInstants, instant } from '../../domain/instant.ts'
import { indexSettings } from '../../domain/search/index-settings.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import type { Position } from '../../queries/recovery/kept.ts'
import type { IndexKind } from '../../queries/search/index-keep.ts'
import { lookForNames, type NamedByPayload } from '../../queries/search/index-look.ts'
import { indexedRows, type FoundRow, type Sought } from '../../queries/search/index-rows.ts'
import { readReach } from '../../queries/search/reach.ts'

/** Invocations whose payloads name what was looked for, the newest first. */
export interface Found {
  rows: FoundRow[]
  /** After which place there may be more; null: there are none. */
  next: Position | null
  /** Only invocations since then were looked at (Postgres text); null: all. */
  since: string | null
  /** The index was used, as far as it reaches. */
  indexed: boolean
}

/** From which place on, up to how many invocations; `left`: ms until it should end. */
export interface Looking {
  before: Position | null
  limit: number
  left: () => number
}

/** What is looked for: in the index, and in payloads that it does not reach. */
export interface LookedFor {
  kind: IndexKind
  sought: readonly Sought[]
  paths: { records: readonly RecordPath[]; personal: readonly RecordPath[] }
  /** What a payload names of it. */
  matching: (named: NamedByPayload) => Array<Pick<FoundRow, 'place' | 'value'>>
}

/** Of so many invocations the payloads are read, in statements of so many. */
export const MOST_PAYLOADS = 5000
const BATCH = 500

/** Of all that share an instant the last one. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Looks for invocations from the newest to the oldest: in the payloads of those that came too short a time ago to be indexed, in the index, and in the payloads
 * of those that are older than it reaches. Without an index it looks into payloads alone. Throws if a statement takes too long.
 */
export async function newestFirst(
  snapshot: Snapshot,
  settings: SearchSettings,
  { kind, sought, paths, matching }: LookedFor,
  { before, limit, left }: Looking,
): Promise<Found> {
  const reach = settings.indexed === true ? await readReach(snapshot, indexSettings(settings)) : undefined
  const rows: FoundRow[] = []
  let end = before
  let looked = 0
  /** Resolves to whether nothing of the stretch is left to look at. */
  const throughPayloads = async (from: string | null, to: string | null): Promise<boolean> => {
    while (rows.length <= limit) {
      if (looked >= MOST_PAYLOADS || left() <= 0) return false
      const stretch = { order: 'newest first', from, to, after: end } as const
      const look = await lookForNames(snapshot, paths, stretch, BATCH)
      for (const named of look.rows) {
        const { createdAt, invocationId } = named
        rows.push(...matching(named).map((match) => Object.assign(match, { createdAt, invocationId })))
      }
      looked += look.rows.length
      if (look.end === null) return true
      end = look.end
    }
    return true
  }
  let whole = await throughPayloads(reach?.to ?? null, null)
  if (reach && whole && rows.length <= limit) {
    rows.push(...(await indexedRows(snapshot, kind, sought, reach, before, limit + 1)))
    if (rows.length <= limit) {
      end = olderOf(before, { createdAt: reach.from, id: LAST_ID })
      whole = await throughPayloads(null, reach.from)
    }
  }
  const indexed = reach !== undefined
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  if (rows.length > limit && last) {
    const next = { createdAt: last.createdAt, id: last.invocationId }
    return { rows: shown, next, since: null, indexed }
  }
  return whole
    ? { rows: shown, next: null, since: null, indexed }
    : { rows: shown, next: end, since: end?.createdAt ?? snapshot.asOf, indexed }
}

function olderOf(a: Position | null, b: Position): Position {
  return a !== null && compareInstants(instant(a.createdAt), instant(b.createdAt)) < 0 ? a : b
}
