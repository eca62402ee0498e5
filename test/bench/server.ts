import { resolve } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded/embedded.ts'
import type { Ending } from './ending.ts'

/** Everything that the benchmark keeps. */
export const cache = resolve(import.meta.dirname, '../../.cache/bench')

/** The Postgres server of the benchmark, with a database for each data set. */
export interface Server {
  url(database: string): string
  version: string
  /** Runs work while the server does not wait for the disk, where it is ours. */
  whileLoading(work: () => Promise<void>): Promise<void>
  /** Makes a database, empty or as a copy; one of the same name is dropped first. */
  create(database: string, template?: string): Promise<void>
  exists(database: string): Promise<boolean>
  drop(database: string): Promise<void>
}

/** A usual server for its memory. Vacuum and analyze run at the end of the load, so autovacuum would only be noise. */
const serving = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '1h', autovacuum: 'off' }
// Not synchronous_commit too: a vacuum right after would find rows whose commit is not on disk, and leave their pages out of the visibility map.
const loading = {
  ...serving,
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '16GB',
}

/** The server of BENCH_DATABASE_URL, or an embedded one in .cache/bench. */
export async function openServer(given: string | undefined, ending: Ending): Promise<Server> {
  const start = (settings: Record<string, string>) =>
    startEmbedded({ folder: cache, log: (line) => process.stdout.write(`${line}\n`), settings })
  let embedded = given === undefined ? await start(serving) : undefined
  ending.add(() => embedded?.stop())
  const url = (database: string) => {
    const address = new URL(embedded?.url ?? given ?? '')
    if (database !== '') address.pathname = `/${database}`
    return address.href
  }
  const admin = async (statement: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: url('') })
    await client.connect()
    try {
      return await client.query<{ value: string }>(statement, values)
    } finally {
      await client.end()
    }
  }
  const drop = async (database: string) => void (await admin(`drop database if exists ${database} with (force)`))
  return {
    url,
    version: (await admin('show server_version')).rows.map((row) => Object.values(row)[0])[0] ?? '',
    async whileLoading(work) {
      if (!embedded) return work()
      await embedded.stop()
      embedded = await start(loading)
      await work()
      await embedded.stop()
      embedded = await start(serving)
    },
    async create(database, template = 'template0') {
      await drop(database)
      await admin(`create database ${database} template ${template}`)
    },
    exists: async (database) =>
      (await admin('select 1 as value from pg_database where datname = $1', [database])).rowCount === 1,
    drop,
  }
}
