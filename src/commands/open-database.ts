import type { Config } from '../config/groups.ts'
import type { Connection } from '../db/db.ts'
import { runningEmbedded, startEmbedded } from '../db/embedded/embedded.ts'

/** The Postgres that the service shows: one that is there, or the embedded one, which this process starts and stops. */
export interface Source {
  /** Gives up a server that accepts and says nothing after the time to connect. */
  connection: Connection & { connectionString: string; connectionTimeoutMillis: number }
  /** For the log, without the password. */
  name: string
  embedded: boolean
  /** Says of a failure what people look at next: of an embedded one that this process started, where its log is and whether its disk is full. */
  explain(message: string): Promise<string>
  /** Resolves when an embedded one has ended, asked or not; never for another one. */
  exited: Promise<unknown>
  stop(): Promise<void>
}

const never = new Promise<never>(() => undefined)

/** Throws a sentence where the embedded Postgres cannot be started. */
export async function openSource(
  { url, ssl, folder, connectTimeout }: Config['database'],
  log: (message: string) => void,
): Promise<Source> {
  if (url !== undefined) return given(url, ssl, connectTimeout)
  const server = await startEmbedded({ folder, log })
  const name = `embedded Postgres ${server.version} in ${server.folder}, port ${server.port}`
  const connection = { connectionString: server.url, connectionTimeoutMillis: connectTimeout }
  return {
    connection,
    name,
    embedded: true,
    explain: (message) => server.explain(message),
    exited: server.exited,
    stop: () => server.stop(),
  }
}

/** The same for a command beside the service: joins the embedded Postgres that a running service holds. */
export async function joinSource(config: Config['database'], log: (message: string) => void): Promise<Source> {
  const running = config.url === undefined ? await runningEmbedded(config.folder) : undefined
  return running === undefined
    ? openSource(config, log)
    : { ...given(running, undefined, config.connectTimeout), embedded: true }
}

function given(url: string, ssl: Config['database']['ssl'], connectTimeout: number): Source {
  const { hostname, port, pathname } = new URL(url)
  const name = `${hostname}:${port || 5432}${pathname}`
  const connection = { connectionString: url, connectionTimeoutMillis: connectTimeout, ...(ssl ? { ssl } : {}) }
  return {
    connection,
    name,
    embedded: false,
    explain: async (message) => message,
    exited: never,
    stop: async () => undefined,
  }
}
