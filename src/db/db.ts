import type pg from 'pg'
import type { Sql } from './sql.ts'

/** How to reach a database: its URL, TLS, and how long a connection may take. */
export type Connection = pg.ClientConfig

/** A row as the driver gives it: int8 and timestamps as text, json parsed, null for NULL. */
export type Row = Record<string, unknown>

/** Runs one statement made by the SQL tag; a plain string does not compile. */
export interface Queryable {
  /** When `signal` aborts, the statement is cancelled on the server. */
  query<R extends object = Row>(statement: Sql, signal?: AbortSignal): Promise<R[]>
}

/** One consistent snapshot (repeatable read, read only). */
export interface Snapshot extends Queryable {
  /** What the clock of the database said when it was taken, as Postgres text. */
  asOf: string
  /** Rows of a statement in batches, read from the server only as fast as they are taken. */
  batches<R extends object = Row>(statement: Sql, size: number): AsyncGenerator<R[], void>
}

/** A snapshot that its holder closes; it keeps a connection, and vacuum waiting, until then. */
export interface OpenSnapshot extends Snapshot {
  /** Does a part of the work, whose statements take no longer than so many ms each. If one fails, that part ends with its failure, and the snapshot serves on. */
  part<T>(statementTimeout: number, work: () => Promise<T>): Promise<T>
  /** May be called again. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** For a reader that may be slow, instead of the pool's own; ms. */
  statementTimeout?: number | undefined
  /** When it aborts, what runs is cancelled on the server. */
  signal?: AbortSignal | undefined
}

/** The database for whoever answers requests: the serving pool, whose sessions Postgres keeps read-only. */
export interface Reader extends Queryable {
  /** Asks over a connection that serves nobody else: how busy the others are says nothing about the database. */
  probe<R extends object = Row>(statement: Sql): Promise<R[]>
  open(options?: OpenOptions): Promise<OpenSnapshot>
  /** A snapshot that is open while its callback runs. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>, signal?: AbortSignal): Promise<T>
}

/** Of each statement, and of waiting for each lock, ms; 0: as long as it takes. */
export interface Timeouts {
  statementTimeout?: number | undefined
  lockTimeout?: number | undefined
}

/** What may be asked of a session that writes. Its statements run one after another, in the order in which they were asked for. */
export interface Session extends Queryable {
  /** Runs text as it stands (a file, a statement that Postgres itself spelled), with `;` between statements; gives the rows of the last one. */
  script<R extends object = Row>(text: string): Promise<R[]>
  /** Feeds `copy … from stdin` with chunks of its text format, as fast as the server takes them. */
  copyFrom(statement: Sql, chunks: Iterable<Buffer>): Promise<void>
}

/** One session that may write. Nothing of the serving pool knows of it. */
export interface Writer extends Session {
  /**
   * Commits what `work` does, or rolls it all back and throws what failed. `timeouts` hold for this transaction instead of the session's.
   * A statement whose failure `work` caught has ended the transaction nonetheless (25P02), unless a savepoint stood before it.
   */
  transaction<T>(work: (session: Session) => Promise<T>, timeouts?: Timeouts): Promise<T>
  /** True once its connection is lost: nothing works on it any more, and another writer must be opened. */
  readonly lost: boolean
  /** Takes back every setting that was changed since the session was opened. */
  reset(): Promise<void>
  /** Closes the session, which gives back its advisory locks. Throws nothing, and may be called again. */
  end(): Promise<void>
}
