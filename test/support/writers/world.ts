import type { Random } from '../../../src/demo/random.ts'
import type { Rows, Transport } from './rows.ts'
import type { CallSpec } from './scenarios.ts'
import type { Truths } from './truth.ts'

export interface WritersOptions {
  /** The same seed, options and `now` give the same rows. */
  seed: number
  /** How many events are delivered on each transport, at least: 54 are the study, 70 have every case. */
  deliveries: number
  transports: Transport[]
  /** The CHECKs allow `timeout`, `timed_out` and `skipped`. */
  widenedChecks?: boolean
  /** Let EventKit fill source_type; default true. */
  sourceType?: boolean
  /** The database has no foreign key on source_job_id (a logical subscriber, say): what names a job that is not there stays in it. */
  withoutForeignKey?: boolean
  /** Payloads of 2 to 10 KB and 12 undetected events a call, as in real life, instead of half a KB and 3. */
  large?: boolean
  /** ms since 1970; nothing begins later. */
  now: number
}

export interface World {
  options: Required<WritersOptions>
  transport: Transport
  random: Random
  rows: Rows
  truth: Truths
}

/** What fires an event. */
export interface Cause {
  /** null: a person or a schedule. */
  jobId: string | null
  /** ms since 1970, by a clock that is right. */
  at: number
  correlationId: string
  /** Why the job's row is not there. */
  gone: 'never arrived' | 'not yet' | 'deleted' | null
  /** This write left the token of `jobId` alone, so many ms after that job's own. */
  staleAfter: number | null
  specified: CallSpec
}

/** How far a clock is off, ms, and how much later a row that ends reaches the database, ms: the bounds of all that is generated. */
export const bounds = {
  clockSkewMs: 1900,
  writeLatencyMs: 40,
  coldStartMs: { sql: 500, graphql: 16_000, eventkit: 50 },
} as const

/** ms since 1970 → ISO 8601 UTC. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}

export function isEventKit({ transport }: World): boolean {
  return transport.startsWith('eventkit')
}
