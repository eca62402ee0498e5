/** A record of a table of the application; `table` null: of any table. */
export interface RecordName {
  table: string | null
  id: string
}

/** What a text that is searched for may be. */
export interface Question {
  text: string
  /** The id of a row, or null. */
  id: string | null
  records: RecordName[]
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The id of a trace in Jaeger and Grafana: that of the root, without dashes. */
const TRACE_ID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i

/** Reads what was asked for: `orders:41885` is that record, and every text may be the id of a record, a colon in it too. */
export function questionOf(asked: string): Question {
  const text = asked.trim()
  const colon = text.indexOf(':')
  const named = colon > 0 && colon < text.length - 1
  return {
    text,
    id: rowId(text),
    records: [
      ...(named ? [{ table: text.slice(0, colon).trim(), id: recordId(text.slice(colon + 1).trim()) }] : []),
      { table: null, id: recordId(text) },
    ],
  }
}

function rowId(text: string): string | null {
  if (UUID.test(text)) return text.toLowerCase()
  return TRACE_ID.exec(text)?.slice(1).join('-').toLowerCase() ?? null
}

/** The id of a record as it is kept: a UUID in small letters, as Postgres writes it, and any other text as it is. */
export function recordId(text: string): string {
  return UUID.test(text) ? text.toLowerCase() : text
}

/** Whether a table is the one that was asked for, with its schema or without. */
export function isTable(asked: string | null, table: string): boolean {
  return asked === null || table === asked || (!asked.includes('.') && table.endsWith(`.${asked}`))
}
