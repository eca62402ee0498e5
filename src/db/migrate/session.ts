import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { asked, lookingAfter, settle, writing } from '../session.ts'
import { explained, MigrationError } from './error.ts'

/** What a migration run needs. It opens a connection of its own: nothing of the serving pool (read-only, short timeouts) suits it. */
export interface MigrateOptions {
  /** How to reach the database directly: session locks do not work through a pooler in transaction mode. */
  connection: pg.ClientConfig
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

/** Opens the connection, runs `work`, closes it (which also lets go of its advisory lock). */
export async function withSession<T>(options: MigrateOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  options.signal?.throwIfAborted()
  const client = new pg.Client(ownConfig(options.connection))
  client.on('error', (err) => options.log.warn({ err }, 'the connection of the migrations was lost'))
  client.on('notice', (notice) => passOn(notice, options.log))
  await explained('the database cannot be reached for the migrations', () => client.connect())
  let cancelling: Promise<void> | undefined
  const ended = new AbortController()
  const stop = (): void => {
    cancelling = cancel(options, client, ended.signal)
  }
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    options.signal?.throwIfAborted()
    await resetSession(client, options)
    return await work(client)
  } catch (error) {
    if (!options.signal?.aborted) throw error
    throw new MigrationError('the migrations were stopped; the next start goes on where they ended', { cause: error })
  } finally {
    options.signal?.removeEventListener('abort', stop)
    ended.abort()
    await cancelling
    await client.end().catch(() => undefined)
  }
}

/**
 * A host that is lost says nothing. The server would hold the lock of its migration for two hours, and this session would wait as long for
 * an index build, which is silent too: so each side asks the other's kernel after 30 s of silence. (Of Node's tries ten fail within 10 s more.)
 */
const SILENCE = 30_000

/** Whatever a migration file set, the next one starts the same, and may ask for what this run allows. */
export async function resetSession(
  client: pg.Client,
  { settings = {} }: Pick<MigrateOptions, 'settings'>,
): Promise<void> {
  await client.query(
    'reset all; set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3',
  )
  await settle(client, writing)
  for (const [name, value] of Object.entries({ create_tables: 'off', trusted_owners: '', ...settings })) {
    await client.query('select set_config($1, $2, false)', [`observability.${name}`, value])
  }
}

function ownConfig(connection: pg.ClientConfig): pg.ClientConfig {
  return {
    ...connection,
    application_name: 'event-detector-observability migrations',
    query_timeout: 0,
    ...asked(writing),
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENCE,
  }
}

// 42P07: "relation … already exists, skipping", the normal course of a file that converges.
function passOn(
  { code, severity, message }: { code: string | undefined; severity: string | undefined; message: string | undefined },
  log: MigrateLog,
): void {
  if (code === '42P07' || message === undefined) return
  if (severity === 'WARNING') log.warn({ code }, message)
  else log.info({ code }, message)
}

const CANCEL_EVERY = 250

/** Cancels what runs until the session has ended: a cancel that comes between two statements stops nothing. */
async function cancel({ connection, log }: MigrateOptions, client: pg.Client, ended: AbortSignal): Promise<void> {
  const { processID } = client as pg.Client & { processID?: number }
  const other = new pg.Client({ ...ownConfig(connection), ...asked(lookingAfter) })
  other.on('error', () => undefined) // a lost connection also fails the next query, which is told
  try {
    await other.connect()
    while (!ended.aborted) {
      await other.query('select pg_cancel_backend($1)', [processID])
      await pause(CANCEL_EVERY, undefined, { signal: ended }).catch(() => undefined)
    }
  } catch (err) {
    log.warn({ err }, 'the running migration could not be cancelled')
  } finally {
    await other.end().catch(() => undefined)
  }
}
