import type pg from 'pg'
import { abandoned, type CheckedOut } from './checkout.ts'
import type { OpenSnapshot, Row } from '../db.ts'
import { serialQueue } from './serial-queue.ts'
import type { Sql } from '../sql.ts'
import { isLost, named, prepared } from './statement.ts'

// Whoever opens a cursor here reads all of it; by default Postgres plans one as if a tenth were wanted.
const BEGIN = 'begin transaction isolation level repeatable read, read only; set local cursor_tuple_fraction = 1'

export interface SnapshotOptions {
  /** The driver's patience with one statement, ms. */
  patience: number
  /** Of the server, ms: instead of the pool's. */
  statementTimeout?: number | undefined
  /** Aborted: no further statement begins. */
  signal?: AbortSignal | undefined
}

/** Opens a snapshot on a connection of its own. */
export function openSnapshot(
  checkedOut: Promise<CheckedOut>,
  { patience, statementTimeout, signal }: SnapshotOptions,
): Promise<OpenSnapshot> {
  return named(async () => {
    const { client, settled, lost, release } = await checkedOut
    const begin =
      statementTimeout === undefined ? BEGIN : `${BEGIN}; set local statement_timeout = ${Math.ceil(statementTimeout)}`
    let asOf: string
    try {
      asOf = clockOf(await client.query(plain(`${begin}; select now() as "asOf"`, patience)))
    } catch (error) {
      await release(error)
      throw error
    }
    const wanted = (): void => {
      if (signal?.aborted) throw abandoned()
    }
    // The driver takes a statement while another runs, but will no longer from its version 9 on.
    const next = serialQueue()
    // The first failure is the cause of all that follow: to them the server says 25P02, and the driver no more than that the connection is lost.
    let failure: unknown
    const run = <R extends object>(query: pg.QueryConfig) =>
      named(() =>
        next(async () => {
          wanted()
          if (failure !== undefined) throw failure
          try {
            return (await client.query<R & pg.QueryResultRow>(query)).rows
          } catch (error) {
            failure = lost() ?? error
            throw failure
          }
        }),
      )
    const command = (text: string) => run(plain(text, patience))
    let opened = 0
    let closing: Promise<void> | undefined
    return {
      asOf,
      query: <R extends object = Row>(statement: Sql) => run<R>(prepared(statement, patience)),
      batches<R extends object = Row>(statement: Sql, size: number) {
        const name = `batches_${++opened}`
        return batchesOf<R>(
          (text: string, values: unknown[]) => run({ ...plain(text, patience), values }),
          name,
          statement,
          size,
        )
      },
      async part(ms, work) {
        await command(`savepoint part; set local statement_timeout = ${Math.ceil(ms)}`)
        try {
          const done = await work()
          await command('release savepoint part')
          return done
        } catch (error) {
          if (isLost(failure)) throw error
          failure = undefined
          await command('rollback to savepoint part; release savepoint part')
          throw error
        }
      },
      // Nothing was written: rolling back ends the snapshot whether or not a statement failed. A connection that cannot even do that is thrown away.
      close() {
        closing ??= next(async () => {
          await settled()
          return client.query(plain('rollback', patience))
        }).then(
          () => release(),
          (error: unknown) => release(lost() ?? error),
        )
        return closing
      },
    }
  })
}

/** Of several statements at once the driver gives a list of results. */
function clockOf(results: unknown): string {
  const [row] = (results as Array<pg.QueryResult<{ asOf: string }>>).at(-1)?.rows ?? []
  if (!row) throw new Error('the database did not tell its time')
  return row.asOf
}

function plain(text: string, patience: number): pg.QueryConfig & { query_timeout: number } {
  return { text, query_timeout: patience }
}

type Run = <R extends object>(text: string, values: unknown[]) => Promise<R[]>

/**
 * Rows as they are taken. A cursor of SQL and not one of the driver, which lets no other statement through before it ends: here each
 * batch is a statement of its own, with its own timeouts, and others may stand between two.
 */
async function* batchesOf<R extends object>(
  run: Run,
  name: string,
  { text, values }: Sql,
  size: number,
): AsyncGenerator<R[], void> {
  await run(`declare ${name} no scroll cursor for ${text}`, values)
  for (;;) {
    const rows = await run<R>(`fetch ${size} from ${name}`, [])
    if (rows.length > 0) yield rows
    if (rows.length < size) break
  }
  await run(`close ${name}`, [])
}
