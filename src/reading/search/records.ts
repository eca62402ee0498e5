import type { Snapshot } from '../../db/db.ts'
import { isTable, type RecordName } from '../../domain/search/question.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import { lookIntoPayloads, type Place, type RecordRow } from '../../queries/search/payload-records.ts'

/** Invocations whose events changed a record, the newest first. */
export interface FoundRecords {
  rows: RecordRow[]
  /** After which place there may be more; null: there are none. */
  next: Place | null
  /** Only invocations since then were looked at (Postgres text); null: all. */
  since: string | null
}

/** Of so many invocations the payloads are read, in statements of so many. */
export const MOST_PAYLOADS = 5000
const BATCH = 500

/** Looks for records before a place, up to `limit` invocations. `left`: ms until it should end. Throws if a statement takes too long. */
export async function findRecords(
  snapshot: Snapshot,
  names: readonly RecordName[],
  settings: SearchSettings,
  { before, limit, left }: { before: Place | null; limit: number; left: () => number },
): Promise<FoundRecords> {
  const ids = [...new Set(names.map(({ id }) => id))]
  const wanted = (row: RecordRow): boolean =>
    names.some(({ table, id }) => id === row.recordId && isTable(table, row.table))
  const rows: RecordRow[] = []
  let end: Place | null = before
  for (let looked = 0; looked < MOST_PAYLOADS && rows.length <= limit && left() > 0;) {
    const look = await lookIntoPayloads(snapshot, ids, settings.recordPaths, end, BATCH)
    rows.push(...look.rows.filter(wanted))
    looked += look.looked
    end = look.end
    if (end === null) break
  }
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  if (rows.length > limit && last) {
    const at = { createdAt: last.createdAt, id: last.invocationId }
    return { rows: shown, next: at, since: null }
  }
  return { rows: shown, next: end, since: end?.createdAt ?? null }
}
