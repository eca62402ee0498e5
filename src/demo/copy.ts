import type { Session } from '../db/db.ts'
import { identifier, join, sql, type Sql } from '../db/sql.ts'
import { eventColumns, invocationColumns, jobColumns, type Rows } from './rows.ts'

type Value = string | number | boolean | null

/** Copies a wave of rows: three statements, each of which refers only to rows that are already there. */
export async function copyRows(session: Session, rows: Rows): Promise<void> {
  await copy(session, sql`public.invocations`, invocationColumns, rows.invocations)
  await copy(session, sql`public.event_executions`, eventColumns, rows.events)
  await copy(session, sql`public.job_executions`, jobColumns, rows.jobs)
}

async function copy<C extends string>(
  session: Session,
  table: Sql,
  columns: readonly C[],
  rows: Record<C, Value>[],
): Promise<void> {
  if (rows.length === 0) return
  await session.copyFrom(sql`copy ${table} (${join(columns.map(identifier))}) from stdin`, chunks(columns, rows))
}

/** Rows in COPY's text format, in pieces of about 128 KB: one write for each row costs more than the row. */
export function* chunks<C extends string>(columns: readonly C[], rows: Record<C, Value>[]): Generator<Buffer> {
  let text = ''
  for (const row of rows) {
    let separator = ''
    for (const column of columns) {
      text += separator + encode(row[column])
      separator = '\t'
    }
    text += '\n'
    if (text.length > 131_072) {
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text !== '') yield Buffer.from(text)
}

const special = /[\\\n\r\t]/
const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function encode(value: Value): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  return special.test(value) ? value.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character) : value
}
