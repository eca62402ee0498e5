import type { Sql } from './sql.ts'

/** A row as the driver gives it: int8 and timestamps as text, json parsed, null for NULL. */
export type Row = Record<string, unknown>

/** Runs one statement made by the SQL tag; a plain string does not compile. */
export interface Queryable {
  /** When `signal` aborts, the statement is cancelled on the server. */
  query<R extends object = Row>(statement: Sql, signal?: AbortSignal): Promise<R[]>
}

/** One consistent snapshot (repeatable read, read only). */
export interface Snapshot extends Queryable {
  /** Rows of a statement in batches, read from the server only as fast as they are taken. */
  batches<R extends object = Row>(statement: Sql, size: number): AsyncGenerator<R[], void>
}

/** A snapshot that its holder closes; it keeps a connection, and vacuum waiting, until then. */
export interface OpenSnapshot extends Snapshot {
  /** May be called again. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** For a reader that may be slow, instead of the pool's own; ms. */
  statementTimeout?: number | undefined
  /** When it aborts, what runs is cancelled on the server. */
  signal?: AbortSignal | undefined
}

/** What routes and queries see of the database. */
export interface Db extends Queryable {
  /** Asks over a connection that serves nobody else: how busy the others are says nothing about the database. */
  probe<R extends object = Row>(statement: Sql): Promise<R[]>
  open(options?: OpenOptions): Promise<OpenSnapshot>
  /** A snapshot that is open while its callback runs. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>, signal?: AbortSignal): Promise<T>
}
