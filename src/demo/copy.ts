import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { eventColumns, invocationColumns, jobColumns, type Rows } from './rows.ts'

type Value = string | number | boolean | null

/** Copies a wave of rows: three statements, each of which refers only to rows that are already there. */
export async function copyRows(client: Client, rows: Rows): Promise<void> {
  await copy(client, 'public.invocations', invocationColumns, rows.invocations)
  await copy(client, 'public.event_executions', eventColumns, rows.events)
  await copy(client, 'public.job_executions', jobColumns, rows.jobs)
}

async function copy<C extends string>(
  client: Client,
  table: string,
  columns: readonly C[],
  rows: Record<C, Value>[],
): Promise<void> {
  if (rows.length === 0) return
  await pipeline(chunks(columns, rows), client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`)))
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
