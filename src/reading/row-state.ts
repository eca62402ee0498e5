/** A row as queries read it: its id, and the transaction that wrote it last, and when (xmin, updated_at). */
export interface VersionedRow {
  id: string
  version: string
}

/** A text that is the same for as long as these rows are: an answer made of them need not be made, or sent, again. */
export function stateOf(rows: Iterable<VersionedRow>): string {
  let state = ''
  for (const { id, version } of rows) state += ` ${id}.${version}`
  return state
}
