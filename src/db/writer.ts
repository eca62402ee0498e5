import pg from 'pg'
import type { Connection, Timeouts, Writer } from './db.ts'
import { SERVING, stopper } from './pool/cancel.ts'
import { drop } from './pool/dead-connections.ts'
import { serialQueue } from './pool/serial-queue.ts'
import { codeOf, named, types } from './pool/statement.ts'
import { asked, lookingAfter, settle, writing, type Settings } from './session.ts'
import { stoppable } from './stoppable.ts'
import { sessionOf, transaction, type WritingConnection } from './writing-session.ts'

export interface WriterOptions extends Timeouts {
  /** Straight to Postgres: what belongs to a session (settings, advisory locks) does not work through a pooler in transaction mode. */
  connection: Connection
  /** What this session is for, as pg_stat_activity and the log tell it: "migrations". */
  name: string
  /** When it aborts, the statement that runs is cancelled on the server, and no other one begins. */
  signal?: AbortSignal | undefined
  /** Hears what Postgres says beside its answers. */
  onNotice?: ((notice: Notice) => void) | undefined
  log?: { warn(details: object, message: string): void } | undefined
}

export type Notice = Record<'code' | 'severity' | 'message', string | undefined>

/** How long a connection may take, ms, if `connection` does not say so. */
const CONNECT_TIMEOUT = 5000

/**
 * A host that is lost says nothing. The server would hold the locks of this session for two hours, and this side would wait as long for an
 * index build, which is silent too: so each side asks the other's kernel after 30 s of silence. (Of Node's tries ten fail within 10 s more.)
 */
const SILENCE = 30_000
const KEEPALIVES = 'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3'

/**
 * Opens a session that may write, with our settings, which are read back. If there are no timeouts its statements take as long as they take.
 * A failure carries its code if one is known: that of Postgres, CONNECTION_LOST, READ_TIMEOUT, SETTINGS_LOST. A session that is lost stays lost.
 */
export async function openWriter(options: WriterOptions): Promise<Writer> {
  const { connection, statementTimeout = 0 } = options
  // The server's own timeout does not come through a network that swallows packets.
  const patienceOf = (timeout: number): number =>
    timeout === 0 ? 0 : timeout + (connection.connectionTimeoutMillis ?? CONNECT_TIMEOUT)
  const settings = settingsOf(options)
  const { end, isLost, ...connected } = connect(options, settings)
  const { client, always } = connected
  const session = sessionOf(connected, patienceOf(statementTimeout))
  const reset = async (): Promise<void> => {
    await session.script(`reset all; ${KEEPALIVES}`)
    await always(() => settle(client, settings, patienceOf(statementTimeout)))
  }
  try {
    await named(() => client.connect())
    await reset()
  } catch (error) {
    await end()
    throw error
  }
  return {
    ...session,
    transaction: (work, timeouts = {}) =>
      transaction(connected, work, timeouts, patienceOf(timeouts.statementTimeout ?? statementTimeout)),
    get lost() {
      return isLost()
    },
    reset,
    end,
  }
}

function settingsOf({ statementTimeout = 0, lockTimeout = 0 }: Timeouts): Settings {
  return {
    ...writing,
    statement_timeout: `${Math.ceil(statementTimeout)}`,
    lock_timeout: `${Math.ceil(lockTimeout)}`,
    // A process that is paused between two statements keeps its locks, and Event Detector waiting, for no longer than this.
    idle_in_transaction_session_timeout: `${2 * Math.ceil(statementTimeout)}`,
  }
}

/** The connection, which is still to be opened; `end` closes it. */
function connect(
  { connection, name, signal, onNotice, log }: WriterOptions,
  settings: Settings,
): WritingConnection & { isLost: () => boolean; end: () => Promise<void> } {
  const client = new pg.Client({
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    ...connection,
    application_name: `${SERVING} ${name}`,
    query_timeout: 0,
    ...asked(settings),
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENCE,
    types,
  })
  // It also fails the statement that runs, or else the next one. The first word is the cause of all others.
  client.once('error', (err) => log?.warn({ err }, `the connection of the ${name} was lost`))
  client.on('error', () => undefined)
  let lost = false
  for (const event of ['error', 'end']) client.once(event, () => (lost = true))
  if (onNotice !== undefined) client.on('notice', onNotice)
  const stopping = stopper({
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: CONNECT_TIMEOUT,
    ...connection,
    application_name: `${SERVING} ${name} cancel`,
    ...asked(lookingAfter),
  })
  const cancel = (): Promise<void> =>
    stopping
      .cancel((client as pg.Client & { processID: number }).processID)
      .catch((err: unknown) => log?.warn({ err }, `the running statement of the ${name} could not be cancelled`))
  const next = serialQueue()
  const always = <T>(work: () => Promise<T>): Promise<T> => named(() => next(work))
  return {
    client,
    always,
    async run(work, own) {
      try {
        return await always(() => stoppable([signal, own], cancel, work))
      } catch (error) {
        // Its answer may still come, and would be taken for that of the next statement.
        if (codeOf(error) === 'READ_TIMEOUT') drop(client)
        throw error
      }
    },
    isLost: () => lost,
    async end() {
      await Promise.all([client.end(), stopping.end()]).catch(() => undefined)
    },
  }
}
