import type { Connection, Queryable, Session, Writer } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { bareTables, worthBaring } from './bare.ts'
import { gather } from './batches.ts'
import { copyRows } from './copy.ts'
import { forest } from './forest.ts'
import { checkGround, checkInteger, DemoRefused, explained } from './ground.ts'
import { openDemo } from './open.ts'

export interface DemoOptions {
  /** How many invocations: 1 to 50,000,000; exactly so many are written. */
  invocations: number
  /** 0 to 4,294,967,295. The same seed and the same `now` give the same rows. */
  seed: number
  /** Small payloads and two events an invocation, for millions. */
  thin?: boolean
  /** Write beside rows that the demo did not make. */
  force?: boolean
  /** The end of the 30 days; default the present. */
  now?: Date
  /** Told after each wave of at most a few thousand invocations. */
  progress?: (done: number, total: number) => void
  /** Stops the load; nothing is left behind. */
  signal?: AbortSignal
}

export interface DemoLoaded {
  invocations: number
  events: number
  jobs: number
  seconds: number
}

/**
 * Fills a migrated database with demo data. Everything is one transaction: a load that is interrupted in any way leaves nothing behind.
 * Throws DemoRefused (one sentence for people) where it should not or cannot write, RangeError on options out of range.
 */
export async function loadDemo(connection: string | Connection, options: DemoOptions): Promise<DemoLoaded> {
  checkInteger('invocations', options.invocations, 1, 50_000_000)
  checkInteger('seed', options.seed, 0, 0xffff_ffff)
  const started = performance.now()
  const writer = await openDemo(connection)
  try {
    const counts = await loadInTransaction(writer, options)
    // Without statistics and visibility map the first plans on a million new rows are guesses.
    await writer.query(sql`vacuum (analyze) public.invocations, public.event_executions, public.job_executions`)
    return { ...counts, seconds: (performance.now() - started) / 1000 }
  } finally {
    await writer.end()
  }
}

async function loadInTransaction(writer: Writer, options: DemoOptions): Promise<Omit<DemoLoaded, 'seconds'>> {
  const { seed, force = false } = options
  try {
    return await writer.transaction(async (session) => {
      await lockOutOthers(session)
      await checkGround(session, force)
      // 100,000 thin invocations: 8.9 s of Postgres instead of 19.
      const restore = options.invocations >= worthBaring ? await bareTables(session) : null
      const counts = await copyWaves(session, options)
      await restore?.()
      return counts
    })
  } catch (error) {
    throw explained(error, seed)
  }
}

async function copyWaves(session: Session, options: DemoOptions): Promise<Omit<DemoLoaded, 'seconds'>> {
  const { invocations, seed, thin = false, now = new Date(), progress, signal } = options
  const counts = { invocations: 0, events: 0, jobs: 0 }
  const batches = gather(forest({ invocations, seed, thin, now: now.getTime() }))
  // The next batch is invented while Postgres takes this one: two cores instead of one.
  for (let { value: batch } = await batches.next(); batch;) {
    signal?.throwIfAborted()
    const [, next] = await Promise.all([copyRows(session, batch), batches.next()])
    counts.invocations += batch.invocations.length
    counts.events += batch.events.length
    counts.jobs += batch.jobs.length
    progress?.(counts.invocations, invocations)
    batch = next.value
  }
  return counts
}

/** Two loads at once would wait for each other's ids and then collide. */
async function lockOutOthers(session: Queryable): Promise<void> {
  const [lock] = await session.query<{ free: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('event-detector-observability demo')) as free`,
  )
  if (lock?.free !== true)
    throw new DemoRefused(
      'Another process is loading demo data into this database right now. Nothing was written. Wait for it to end.',
    )
}
