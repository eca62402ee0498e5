import type { Connection, Writer } from '../db.ts'
import { sql } from '../sql.ts'
import { openWriter, type Notice } from '../writer.ts'
import { explained, MigrationError } from './error.ts'

/** What a migration run needs. It opens a connection of its own: nothing of the serving pool (read-only, short timeouts) suits it. */
export interface MigrateOptions {
  /** How to reach the database directly: session locks do not work through a pooler in transaction mode. */
  connection: Connection
  /** The folder that holds NNN_description_up.sql and NNN_description_down.sql. */
  folder: string
  log: MigrateLog
  /** What the files may ask for: each is set as `observability.<name>`. */
  settings?: MigrateSettings
  /** Stops waiting, and cancels the statement that is running. */
  signal?: AbortSignal | undefined
  /** How long one statement may be retried while other sessions hold its lock, in ms (default 15 minutes). */
  lockPatience?: number
  /** How often those that wait say so, in ms (default 10 s). */
  sayEvery?: number
}

export interface MigrateSettings {
  /** on: the tables are made although the database holds others. */
  create_tables?: string
  /** Roles whose tables, and what these call, may run with the rights of the role that migrates; commas between them. */
  trusted_owners?: string
}

export interface MigrateLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** Opens a session, runs `work`, closes it (which also lets go of its advisory lock). */
export async function withSession<T>(options: MigrateOptions, work: (writer: Writer) => Promise<T>): Promise<T> {
  const { connection, log, signal } = options
  signal?.throwIfAborted()
  let writer: Writer | undefined
  try {
    writer = await explained('the database cannot be reached for the migrations', () =>
      openWriter({ connection, name: 'migrations', signal, log, onNotice: (notice) => passOn(notice, log) }),
    )
    await allow(writer, options)
    return await work(writer)
  } catch (error) {
    if (!signal?.aborted) throw error
    throw new MigrationError('the migrations were stopped; the next start goes on where they ended', { cause: error })
  } finally {
    await writer?.end()
  }
}

/** Whatever a migration file set, the next one starts the same, and may ask for what this run allows. */
export async function resetSession(writer: Writer, options: Pick<MigrateOptions, 'settings'>): Promise<void> {
  await writer.reset()
  await allow(writer, options)
}

async function allow(writer: Writer, { settings = {} }: Pick<MigrateOptions, 'settings'>): Promise<void> {
  for (const [name, value] of Object.entries({ create_tables: 'off', trusted_owners: '', ...settings }))
    await writer.query(sql`select set_config(${`observability.${name}`}, ${value}, false)`)
}

// 42P07: "relation … already exists, skipping", the normal course of a file that converges.
function passOn({ code, severity, message }: Notice, log: MigrateLog): void {
  if (code === '42P07' || message === undefined) return
  if (severity === 'WARNING') log.warn({ code }, message)
  else log.info({ code }, message)
}
