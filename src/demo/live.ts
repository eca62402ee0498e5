import { setTimeout } from 'node:timers/promises'
import type { Connection } from '../db/db.ts'
import { reopening, type ReopeningWriter } from '../db/reopening.ts'
import { FlushBuffer } from './flush-buffer.ts'
import { checkGround, checkInteger, explained } from './ground.ts'
import { invoke } from './invocation.ts'
import { openDemo } from './open.ts'
import { ordinaryRoot } from './roots.ts'
import type { Invoked } from './seen.ts'
import { upsertRows } from './upsert.ts'
import { createWorld, type Call, type World } from './world.ts'

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
export async function liveDemo(connection: string | Connection, options: LiveOptions): Promise<void> {
  const { seed, perMinute, log, force = false } = options
  checkInteger('seed', seed, 0, 0xffff_ffff)
  checkInteger('perMinute', perMinute, 1, 600)
  const database = reopening(() => openDemo(connection))
  try {
    await database
      .use((writer) => writer.transaction((session) => checkGround(session, force)))
      .catch((error: unknown) => Promise.reject(explained(error, seed)))
    log(`Adding about ${perMinute} chains a minute`)
    await run(database, options)
  } finally {
    await database.end()
  }
}

async function run(database: ReopeningWriter, { seed, perMinute, signal, log }: LiveOptions): Promise<void> {
  const world = createWorld({
    seed,
    epoch: Math.floor(Date.now() / 1000),
    thin: false,
    pace: 5,
    until: Infinity,
    room: Infinity,
  })
  const buffer = new FlushBuffer()
  let chains = 0
  let nextChain = Date.now()
  const longestGap = Math.round((1.5 * 60_000) / perMinute)
  while (!signal.aborted) {
    const now = Date.now()
    while (nextChain <= now && buffer.size < mostOpen) {
      buffer.add(chain(world, nextChain), world.random)
      chains += 1
      nextChain += Math.round((60_000 / perMinute) * (0.5 + world.random.fraction()))
    }
    // After a pause (a laptop asleep, a database away) go on from here instead of making up for it; and do not wait for a clock that was set back.
    nextChain = Math.min(Math.max(nextChain, now - 1000), now + longestGap)
    await write(database, buffer, now, log)
    await setTimeout(tick, undefined, { signal }).catch(() => {})
  }
  log(`Stopped after ${chains} chains; ${buffer.size} invocations that were under way stay as they are`)
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

async function write(
  database: ReopeningWriter,
  buffer: FlushBuffer,
  now: number,
  log: LiveOptions['log'],
): Promise<void> {
  const { rows, wrote } = buffer.due(now)
  if (rows.invocations.length === 0) return
  try {
    await database.use((writer) => upsertRows(writer, rows))
    wrote()
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (code === '23503') buffer.forgetLinks() // foreign_key_violation: a triggering job was deleted meanwhile
    else if (/^(22|23|42)...$/.test(code)) throw error // the statement itself is wrong: trying again would not help
    log(`Could not write, trying again: ${message}`)
  }
}
