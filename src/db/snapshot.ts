import type pg from 'pg'
import Cursor from 'pg-cursor'
import { abandoned, type CheckedOut } from './checkout.ts'
import type { OpenSnapshot, Row } from './db.ts'
import type { Sql } from './sql.ts'
import { named, prepared, types } from './statement.ts'

const BEGIN = 'begin transaction isolation level repeatable read, read only'

export interface SnapshotOptions {
  /** The driver's patience with one statement, ms. */
  patience: number
  /** Of the server, ms: instead of the pool's. */
  statementTimeout?: number | undefined
  /** Aborted: no further statement begins. */
  signal?: AbortSignal | undefined
}

/** Opens a snapshot on a connection of its own. */
export function openSnapshot(checkedOut: Promise<CheckedOut>, { patience, statementTimeout, signal }: SnapshotOptions): Promise<OpenSnapshot> {
  return named(async () => {
    const { client, release } = await checkedOut
    const begin = statementTimeout === undefined ? BEGIN : `${BEGIN}; set local statement_timeout = ${Math.ceil(statementTimeout)}`
    try {
      await client.query(plain(begin, patience))
    } catch (error) {
      await release(true)
      throw error
    }
    const cursors = new Set<Cursor>()
    const wanted = (): void => {
      if (signal?.aborted) throw abandoned()
    }
    let closing: Promise<void> | undefined
    return {
      query: <R extends object = Row>(statement: Sql) => named(async () => {
        wanted()
        return (await client.query<R & pg.QueryResultRow>(prepared(statement, patience))).rows
      }),
      batches(statement, size) {
        wanted()
        return batchesOn(client, cursors, statement, size)
      },
      // Nothing was written: rolling back ends the snapshot whether or not a statement failed. A connection that cannot even do that is thrown away.
      close() {
        // A reader that left in the middle left its cursor open, and the rollback would wait behind it until it timed out.
        if (!closing) for (const cursor of cursors) cursor.close(ignore)
        closing ??= client.query(plain('rollback', patience)).then(() => release(false), () => release(true))
        return closing
      },
    }
  })
}

function ignore(): void {
  // What failed is told by the next statement.
}

function plain(text: string, patience: number): pg.QueryConfig & { query_timeout: number } {
  return { text, query_timeout: patience }
}

/**
 * Rows as they are taken. The server's statement_timeout counts from the first batch to the last, the reader's pauses included.
 * No query_timeout here: the driver never clears its timer for a cursor, and would break a later query on the same connection.
 * Nor is closing waited for: on a connection that was lost the answer never comes, and on any other the next statement waits for it.
 */
async function* batchesOn<R extends object>(client: pg.PoolClient, open: Set<Cursor>, { text, values }: Sql, size: number): AsyncGenerator<R[]> {
  const cursor = client.query(new Cursor<R>(text, values, { types }))
  open.add(cursor)
  const read = (): Promise<R[]> => {
    const rows = named(() => cursor.read(size))
    rows.catch(ignore) // whoever awaits it is told; nobody does when the reader has left
    return rows
  }
  try {
    // The next batch is asked for before this one is used, so the database works on while we do: at most two are held.
    for (let next = read(); ;) {
      const rows = await next
      const more = rows.length === size
      if (more) next = read()
      if (rows.length > 0) yield rows
      if (!more) return
    }
  } finally {
    cursor.close(ignore)
    open.delete(cursor)
  }
}
