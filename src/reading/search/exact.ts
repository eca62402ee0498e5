import type { Snapshot } from '../../db/db.ts'
import type { Question } from '../../domain/search/question.ts'
import { rowsOfCorrelation, rowsOfSourceEvent, rowsWithId, type HitRow } from '../../queries/search/hits.ts'
import { MOST_HITS } from './hit.ts'

/** The rows that have this id, and the newest invocations of the event with this id. None if it is no id. */
export async function findIds(snapshot: Snapshot, { id }: Question): Promise<HitRow[]> {
  if (id === null) return []
  const own = await rowsWithId(snapshot, id)
  return own.concat(await rowsOfSourceEvent(snapshot, id, MOST_HITS + 1))
}

/** The newest invocations of this correlation id. */
export function findCorrelation(snapshot: Snapshot, { text }: Question): Promise<HitRow[]> {
  return rowsOfCorrelation(snapshot, text, MOST_HITS + 1)
}
