import pg from 'pg'
import { sql } from '../sql.ts'
import { codeOf } from './statement.ts'

/** How often the connections are looked at, how long one may wait without a byte before the server is asked about it, and how long that may take; ms. */
const EVERY = 250
const SILENCE = 1000
const PATIENCE = 1000

export interface Watch {
  /** For the options of a pool: its connections are watched from their first byte on. (It waits for onConnect, though its types do not say so.) */
  pool: {
    Client: new (config?: string | pg.ClientConfig) => pg.Client
    onConnect: (client: pg.ClientBase) => Promise<void>
  }
  end(): void
}

/** Of a connection: what had come in when it was last looked at, since when nothing more came while it waited, and when its server started. */
interface Seen {
  bytes: number
  since: number
  server?: string
}

type Inside = pg.Client & { readyForQuery: boolean; processID: number | null }

/**
 * A network that forgets a connection swallows what is sent on it, and no error comes: ten such connections would keep a pool of ten
 * busy for their whole patience (20 s by default) after the database is back. So where one has waited for a second without a byte, a new
 * connection asks the server what that backend does. Those that do nothing there, or are gone, are dropped: their requests fail with CONNECTION_LOST.
 * A backend may still wait for room to send, which it would do for hours: it is ended (`terminate`).
 * Behind a pooler, or on another server of a balanced address, the process ids mean nothing, and nothing is dropped.
 */
export function watchConnections(
  config: pg.ClientConfig,
  log: { error(details: object, message: string): void },
  terminate: (processId: number) => Promise<void>,
): Watch {
  const clients = new Map<pg.Client, Seen>()
  let looking = false
  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    try {
      const silent = silentOf(clients)
      if (silent.length === 0) return
      const alive = await aliveOf(config, silent)
      const dead = silent.filter(
        ([client, seen]) => waits(client) && bytesOf(client) === seen.bytes && !alive(client, seen),
      )
      for (const [, seen] of silent) seen.since = performance.now()
      for (const [client] of dead) {
        drop(client)
        const { processID } = client as Inside
        if (processID !== null) void terminate(processID).catch(ignore)
      }
      if (dead.length > 0)
        log.error({ connections: dead.length }, 'connections to the database had died without a word, and were dropped')
    } catch {
      // The database is away for everybody: nothing is known of these connections, and their own patience ends the wait.
    } finally {
      looking = false
    }
  }
  const timer = setInterval(() => void look(), EVERY).unref()
  class Client extends pg.Client {
    constructor(given?: string | pg.ClientConfig) {
      super(given)
      clients.set(this, { bytes: 0, since: performance.now() })
      this.once('end', () => clients.delete(this))
    }
  }
  const onConnect = async (client: pg.ClientBase): Promise<void> => {
    const asked = client.query<{ server: string }>({
      text: 'select pg_postmaster_start_time()::text as server',
      query_timeout: config.query_timeout,
    } as pg.QueryConfig)
    const { rows } = await asked.catch(notConnected)
    const seen = clients.get(client as pg.Client)
    if (seen && rows[0]) seen.server = rows[0].server
  }
  return { pool: { Client, onConnect }, end: () => clearInterval(timer) }
}

/** A connection that never answered was none: 503, as where it could not be opened, and not 504. */
function notConnected(error: unknown): never {
  throw codeOf(error) === 'READ_TIMEOUT'
    ? Object.assign(new Error('the new connection did not answer', { cause: error }), { code: 'POOL_TIMEOUT' })
    : error
}

/** Ends a connection at once: a polite end would wait for a word of the other side. */
export function drop(client: pg.ClientBase): void {
  const { connection } = client as pg.Client
  connection.stream.destroy(
    Object.assign(new Error('the connection to the database was lost'), { code: 'CONNECTION_LOST' }),
  )
}

/** Those that have been waiting for an answer, or for their connection, for a while in which nothing came. */
function silentOf(clients: Map<pg.Client, Seen>): Array<[pg.Client, Seen]> {
  const now = performance.now()
  for (const [client, seen] of clients) {
    const bytes = bytesOf(client)
    if (!waits(client) || bytes !== seen.bytes) Object.assign(seen, { bytes, since: now })
  }
  return [...clients].filter(([, { since }]) => now - since >= SILENCE)
}

/** Whether an answer is awaited, or the connection itself. */
export function waits(client: pg.ClientBase): boolean {
  return !(client as Inside).readyForQuery
}

function bytesOf(client: pg.Client): number {
  return (client.connection.stream as { bytesRead?: number }).bytesRead ?? 0
}

/** Asks the server; throws where it cannot. What still connects while this connection came through is as dead as one whose backend waits for a statement. */
async function aliveOf(
  config: pg.ClientConfig,
  silent: Array<[pg.Client, Seen]>,
): Promise<(client: pg.Client, seen: Seen) => boolean> {
  const asking = new pg.Client({ ...config, connectionTimeoutMillis: PATIENCE, query_timeout: PATIENCE }) as Inside
  asking.on('error', () => undefined)
  const pids = silent.flatMap(([client]) => (client as Inside).processID ?? [])
  try {
    await asking.connect()
    const { rows } = await asking.query<{ own: number; server: string; busy: number[] }>(sql`
select pg_backend_pid() as own,
       pg_postmaster_start_time()::text as server,
       array(select a.pid
               from pg_stat_activity a
              where a.pid = any(${pids}::int[])
                and (coalesce(a.state, '') not like 'idle%' or a.state_change > clock_timestamp() - interval '1 s')
                and a.wait_event is distinct from 'ClientWrite') as busy`)
    const { own, server, busy } = rows[0] ?? { own: 0, server: '', busy: [] }
    return (client, seen) => {
      const { processID } = client as Inside
      if (processID === null) return false
      return own !== asking.processID || seen.server !== server || busy.includes(processID)
    }
  } finally {
    void asking.end().catch(() => undefined)
  }
}

function ignore(): void {
  // The database is away again.
}
