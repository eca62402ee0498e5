/** A row as queries read it: its id, and the transaction that wrote it last, and when (xmin, updated_at). */
export interface VersionedRow {
  id: string
  version: string
  /** Of an invocation: the event that is shown of it as its crash. */
  crash?: { version: string } | null
}

/** A text that is the same for as long as these rows are: an answer made of them need not be made, or sent, again. */
export function stateOf(rows: Iterable<VersionedRow>): string {
  let state = ''
  for (const { id, version, crash } of rows) state += ` ${id}.${version}${crash == null ? '' : `.${crash.version}`}`
  return state
}
