import type { Snapshot } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import { rowsOfInvocations, type HitRow } from '../../queries/search/hits.ts'
import { groupOf, late, MOST_HITS, rowHit, type Match } from './hit.ts'
import { MOST_PAYLOADS, type Found, type Looking } from './newest-first.ts'
import type { Asking, Part } from './part.ts'
import { findPersonal, findRecords } from './records.ts'

const TIME = 1000

/** The newest invocations that events of the records caused which the question may name. */
export function findRecordHits(asking: Asking): Promise<Part> {
  const { question, settings } = asking
  return hitsOf(asking, 'record', (snapshot, looking) => findRecords(snapshot, question.records, settings, looking))
}

/** The newest invocations whose payloads hold a personal key; only for a caller who may see payloads. */
export async function findPersonalHits(asking: Asking): Promise<Part> {
  const { question, settings } = asking
  const { personal } = settings
  if (personal === undefined) return { data: [], notSearched: [{ match: 'personal', why: UNSET, since: null }] }
  return hitsOf(asking, 'personal', (snapshot, looking) =>
    findPersonal(snapshot, question.text, { ...settings, personal }, looking),
  )
}

const UNSET = 'SEARCH_KEYS names no place in payloads where such a value stands'

/** Those of the invocations that are still there, each once: a value may stand at two places of a payload. */
async function hitsOf(
  { attempts, messages }: Asking,
  match: Match & ('record' | 'personal'),
  find: (snapshot: Snapshot, looking: Looking) => Promise<Found>,
): Promise<Part> {
  const found = await attempts.within(TIME, async (snapshot, left) => {
    const records = await find(snapshot, { before: null, limit: MOST_HITS, left })
    const ids = [...new Set(records.rows.map(({ invocationId }) => invocationId))]
    return { ...records, ids, own: new Map((await rowsOfInvocations(snapshot, ids)).map((row) => [row.id, row])) }
  })
  if (!found) return late(match)
  const { rows, ids, own, next, since, indexed } = found
  const recordOf = (row: HitRow) => {
    const { place, value } = rows.find(({ invocationId }) => invocationId === row.id) ?? { place: null, value: null }
    return match === 'record' ? { table: place, recordId: value } : undefined
  }
  const hits = ids.flatMap((id) => {
    const row = own.get(id)
    return row ? [rowHit(row, messages, recordOf(row))] : []
  })
  const why = indexed
    ? `the index reaches no further, and of others at most ${MOST_PAYLOADS} payloads are read`
    : `without an index at most ${MOST_PAYLOADS} payloads are read`
  return {
    data: groupOf(match, hits, next !== null && since === null),
    notSearched: since === null ? [] : [{ match, why, since: instant(since) }],
  }
}
