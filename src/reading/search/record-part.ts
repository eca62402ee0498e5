import { instant } from '../../domain/instant.ts'
import { rowsOfInvocations } from '../../queries/search/hits.ts'
import { groupOf, late, MOST_HITS, rowHit } from './hit.ts'
import type { Asking, Part } from './part.ts'
import { findRecords, MOST_PAYLOADS } from './records.ts'

const TIME = 1000

/** The newest invocations that events of the records caused which the question may name. One that was deleted since is left out. */
export async function findRecordHits({ attempts, question, messages, settings }: Asking): Promise<Part> {
  const found = await attempts.within(TIME, async (snapshot, left) => {
    const records = await findRecords(snapshot, question.records, settings, { before: null, limit: MOST_HITS, left })
    const ids = records.rows.map(({ invocationId }) => invocationId)
    return { ...records, own: new Map((await rowsOfInvocations(snapshot, ids)).map((row) => [row.id, row])) }
  })
  if (!found) return late('record')
  const hits = found.rows.flatMap((record) => {
    const row = found.own.get(record.invocationId)
    return row ? [rowHit(row, messages, record)] : []
  })
  return {
    data: groupOf('record', hits, found.next !== null && found.since === null),
    notSearched:
      found.since === null
        ? []
        : [
            {
              match: 'record',
              why: `without an index at most ${MOST_PAYLOADS} payloads are read`,
              since: instant(found.since),
            },
          ],
  }
}
