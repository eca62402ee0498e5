import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { asked, writing } from '../db/session.ts'
import { sql } from '../db/sql.ts'
import { checkGround, checkInteger, explained } from './ground.ts'
import { invoke } from './invocation.ts'
import { ordinaryRoot } from './roots.ts'
import type { Invoked } from './seen.ts'
import { upsertRows } from './upsert.ts'
import { createWorld, type Call, type World } from './world.ts'
import { Writer } from './writer.ts'

export interface LiveOptions {
  /** 0 to 4,294,967,295. Ids also depend on the second of the start, so that the same seed may be used again. */
  seed: number
  /** New chains (trees) a minute, on average: 1 to 600. A chain has about three invocations. */
  perMinute: number
  signal: AbortSignal
  log: (line: string) => void
  /** Write beside rows that the demo did not make. */
  force?: boolean
}

const tick = 200
/** While the database is away no new chains begin above this number of invocations under way. */
const mostOpen = 5000

/**
 * Keeps adding chains as they would happen now, first `running`, later finished, until the signal aborts; what is under way then stays as it is,
 * like that of a writer that was killed. A database that is away is tried again. Throws DemoRefused or RangeError where it cannot begin.
 */
export async function liveDemo(connection: string | pg.ClientConfig, options: LiveOptions): Promise<void> {
  const { seed, perMinute, log, force = false } = options
  checkInteger('seed', seed, 0, 0xffff_ffff)
  checkInteger('perMinute', perMinute, 1, 600)
  const config = typeof connection === 'string' ? { connectionString: connection } : connection
  const pool = new pg.Pool({
    application_name: 'event-detector-observability demo',
    connectionTimeoutMillis: 5000,
    ...config,
    ...asked(writing),
    max: 1,
  })
  pool.on('error', () => {}) // the next write makes a new connection, or says why not
  try {
    await prepare(pool, force).catch((error: unknown) => Promise.reject(explained(error, seed)))
    log(`Adding about ${perMinute} chains a minute`)
    await run(pool, options)
  } finally {
    await pool.end()
  }
}

async function run(pool: pg.Pool, { seed, perMinute, signal, log }: LiveOptions): Promise<void> {
  const world = createWorld({
    seed,
    epoch: Math.floor(Date.now() / 1000),
    thin: false,
    pace: 5,
    until: Infinity,
    room: Infinity,
  })
  const writer = new Writer()
  let chains = 0
  let nextChain = Date.now()
  const longestGap = Math.round((1.5 * 60_000) / perMinute)
  while (!signal.aborted) {
    const now = Date.now()
    while (nextChain <= now && writer.size < mostOpen) {
      writer.add(chain(world, nextChain), world.random)
      chains += 1
      nextChain += Math.round((60_000 / perMinute) * (0.5 + world.random.fraction()))
    }
    // After a pause (a laptop asleep, a database away) go on from here instead of making up for it; and do not wait for a clock that was set back.
    nextChain = Math.min(Math.max(nextChain, now - 1000), now + longestGap)
    await write(pool, writer, now, log)
    await setTimeout(tick, undefined, { signal }).catch(() => {})
  }
  log(`Stopped after ${chains} chains; ${writer.size} invocations that were under way stay as they are`)
}

/** The invocations of one tree that begins at this instant. */
function chain(world: World, at: number): Invoked[] {
  const all: Invoked[] = []
  for (let calls: Call[] = [ordinaryRoot(world, at)]; calls.length > 0;) {
    const happened = calls.map((call) => invoke(world, call))
    all.push(...happened.map(({ rows }) => rows))
    calls = happened.flatMap(({ calls }) => calls)
  }
  return all
}

async function write(pool: pg.Pool, writer: Writer, now: number, log: LiveOptions['log']): Promise<void> {
  const { rows, wrote } = writer.due(now)
  if (rows.invocations.length === 0) return
  try {
    await withClient(pool, (client) => upsertRows(client, rows))
    wrote()
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (code === '23503') writer.forgetLinks() // foreign_key_violation: a triggering job was deleted meanwhile
    else if (/^(22|23|42)...$/.test(code)) throw error // the statement itself is wrong: trying again would not help
    log(`Could not write, trying again: ${message}`)
  }
}

async function prepare(pool: pg.Pool, force: boolean): Promise<void> {
  await withClient(pool, async (client) => {
    await client.query(sql`begin`)
    await checkGround(client, force)
    await client.query(sql`commit`)
  })
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    const result = await work(client)
    client.release()
    return result
  } catch (error) {
    client.release(true) // whatever is left of its transaction goes with it
    throw error
  }
}
