import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Row, Session, Timeouts } from './db.ts'
import type { Statement } from './pool/statement.ts'
import type { Sql } from './sql.ts'

/** A connection that writes. */
export interface WritingConnection {
  client: pg.Client
  /** Does what is asked of the connection when its turn comes; cancels it on the server if the session's signal aborts, or this one. */
  run: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>
  /** Does it when its turn comes, whatever has aborted. */
  always: <T>(work: () => Promise<T>) => Promise<T>
}

/** `patience` is the driver's with one statement, ms; 0: it has no end. */
export function sessionOf({ client, run }: WritingConnection, patience: number): Session {
  return {
    query<R extends object = Row>({ text, values }: Sql, signal?: AbortSignal) {
      return run(
        async () => (await client.query<R & pg.QueryResultRow>(within(patience, text, values))).rows as R[],
        signal,
      )
    },
    script<R extends object = Row>(text: string) {
      return run(async () => {
        // Of several statements the driver gives an array, which its types do not say.
        const results: unknown = await client.query(within(patience, text))
        return ([results].flat().at(-1) as pg.QueryResult).rows as R[]
      })
    },
    copyFrom({ text }, chunks) {
      return run(() => pipeline(chunks, client.query(copyFrom(text))))
    },
  }
}

/** Commits what `work` does with the session, or rolls it back and throws what failed. */
export async function transaction<T>(
  { client, run, always }: WritingConnection,
  work: (session: Session) => Promise<T>,
  timeouts: Timeouts,
  patience: number,
): Promise<T> {
  await run(() => client.query(within(patience, beginning(timeouts))))
  try {
    const result = await work(sessionOf({ client, run, always }, patience))
    const { command } = await run(() => client.query(within(patience, 'commit')))
    // Postgres's answer to the commit of a transaction in which a statement has failed. It is no error to it.
    if (command === 'ROLLBACK')
      throw Object.assign(new Error('a statement of the transaction had failed, so nothing was written'), {
        code: '25P02',
      })
    return result
  } catch (error) {
    // The connection may be gone; then the server has rolled back.
    if (client.getTransactionStatus() !== 'I')
      await always(() => client.query(within(patience, 'rollback'))).catch(() => undefined)
    throw error
  }
}

function beginning({ statementTimeout, lockTimeout }: Timeouts): string {
  const own = Object.entries({ statement_timeout: statementTimeout, lock_timeout: lockTimeout })
  return [
    'begin',
    ...own.flatMap(([name, ms]) => (ms === undefined ? [] : [`set local ${name} = ${Math.ceil(ms)}`])),
  ].join('; ')
}

function within(patience: number, text: string, values: unknown[] = []): Statement {
  return { text, values, query_timeout: patience }
}
