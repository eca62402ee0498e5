import type pg from 'pg'
import { Random } from '../../src/demo/random.ts'

/** Rows as the writer would have left them, by column name; instants are text with six fraction digits. */
export interface Forest {
  seed: number
  invocations: Invocation[]
  /** Ids of the invocations that are their own descendants. */
  circular: string[]
  events: Array<Record<string, unknown> & { id: string }>
  jobs: Job[]
}

interface Invocation extends Record<string, unknown> {
  id: string
  created_at: string
  source_job_id: string | null
}

interface Job extends Record<string, unknown> {
  id: string
  invocation_id: string
}

/** A row that was added, and its start in µs. */
interface Added<Row> {
  row: Row
  us: number
}

const names = [
  'on-order-created',
  'On-Order-Created',
  'zahlung-prüfen',
  '請求書を作る',
  "o'brien; drop",
  'a b+c&d=e%',
  'line\nbreak',
] as const
const jobNames = ['capture-payment', 'Capture-Payment', 'rechnung-ändern', '送る', 'send mail?', 'x,y'] as const
const correlations = [null, 'order-1041', 'ORDER-1041', 'bestellung-ß', 'shared by several trees'] as const
const eventStatuses = ['completed', 'handling', 'failed', 'detection_failed', 'handler_failed'] as const

const ALIVE = '2099-01-01T00:00:00Z'

/** The seeds of the random forests: a few that stay, and those of FOREST_SEEDS, to look for more. The name of a test says which one failed. */
export const seeds = (process.env['FOREST_SEEDS'] ?? '1 2').split(' ').map(Number)

/** µs since 1970 → ISO with six digits. */
export function instantOf(us: number): string {
  return `${new Date(Math.floor(us / 1000)).toISOString().slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`
}

/**
 * A random forest of about so many invocations that start within a minute or so of `at` (ms since 1970): fan-outs, chains, ties to the microsecond,
 * children that start before their job, null durations, shared correlation ids, severed links, and cycles of 1, 2 and 5 with trees hanging off them.
 */
export function forest(seed: number, size: number, at: number): Forest {
  const random = new Random(seed, 0, 0)
  const rows: Forest = { seed, invocations: [], circular: [], events: [], jobs: [] }
  const add = adders(random, rows)
  const start = () => at * 1000 + random.int(0, 60_000_000)
  for (const length of [1, 2, 5]) rows.circular.push(...ring(random, add, length, start()))
  while (rows.invocations.length < size)
    grow(random, add, add.invocation(start(), null), random.pick([1, 1, 2, 5, 20, 80]), random.chance(0.2))
  return rows
}

type Adders = ReturnType<typeof adders>

function adders(random: Random, rows: Forest) {
  const maybe = <T>(value: T): T | null => (random.chance(0.8) ? value : null)
  const outcome = () => (random.chance(0.1) ? 'failed' : random.chance(0.1) ? 'running' : 'completed')
  // Never updated; updated when it had hardly begun, or a while after its end; or seen alive just now, for whoever asks within 70 years.
  const updated = (created_at: string, us: number): string =>
    random.pick([created_at, instantOf(us + random.int(1, 4_000_000)), instantOf(us + 3_600_000_000), ALIVE])
  const message = () => (random.chance(0.1) ? 'Zeitüberschreitung 🚚 '.repeat(random.int(1, 60)) : null)
  let earlier = 0
  // One in four starts at the very microsecond of the row before it.
  const moment = (us: number): string => {
    earlier = earlier > 0 && random.chance(0.25) ? earlier : us
    return instantOf(earlier)
  }
  return {
    invocation(us: number, source_job_id: string | null): Added<Invocation> {
      const status = outcome()
      const created_at = moment(us)
      const row = {
        id: random.id(),
        created_at,
        updated_at: updated(created_at, earlier),
        source_job_id,
        status,
        correlation_id: random.pick(correlations),
        source_function: random.pick(names),
        source_event_payload: {},
        source_table: maybe(random.pick(['public.orders', 'public.payments'])),
        source_operation: maybe(random.pick(['INSERT', 'UPDATE', 'MANUAL'])),
        source_system: maybe(random.pick(['shop', 'Shop'])),
        source_event_id: maybe(`0f8fad5b-d9cb-469f-a165-7086772895${random.int(10, 30)}`),
        source_event_time: maybe(instantOf(us - random.int(0, 5_000_000))),
        error_message: message(),
        total_duration_ms: status === 'running' && random.chance(0.8) ? null : maybe(random.int(0, 3000)),
        events_detected_count: maybe(random.int(0, 3)),
        total_jobs_run: maybe(random.int(0, 3)),
        total_jobs_succeeded: random.int(0, 3),
        total_jobs_failed: random.int(0, 3),
      }
      rows.invocations.push(row)
      const added = { row, us: earlier }
      for (let n = random.int(0, 2); n > 0; n -= 1) this.event(row, us, random.chance(0.3))
      return added
    },
    event(of: Invocation, us: number, detected: boolean): string {
      const created_at = moment(us)
      const failed = random.chance(0.2)
      const id = random.id()
      rows.events.push({
        id,
        invocation_id: of.id,
        created_at,
        updated_at: created_at,
        event_name: random.pick(jobNames),
        detected,
        status: detected ? random.pick(eventStatuses) : 'not_detected',
        detection_duration_ms: maybe(random.int(0, 20)),
        handler_duration_ms: maybe(random.int(0, 900)),
        detection_error: failed ? message() : null,
        handler_error: failed ? null : message(),
        jobs_count: random.int(0, 3),
        jobs_succeeded: 0,
        jobs_failed: 0,
      })
      return id
    },
    job({ row: of }: Added<Invocation>, us: number): Added<Job> {
      const status = outcome()
      const row = {
        id: random.id(),
        invocation_id: of.id,
        event_execution_id: this.event(of, us, true),
        created_at: moment(us),
        updated_at: random.chance(0.05) ? ALIVE : instantOf(us),
        status,
        job_name: random.pick(jobNames),
        job_function_name: maybe(random.pick(jobNames)),
        correlation_id: random.pick(correlations),
        duration_ms: status === 'running' && random.chance(0.8) ? null : maybe(random.int(0, 1000)),
        error_message: message(),
      }
      rows.jobs.push(row)
      return { row, us: earlier }
    },
  }
}

/** Grows a tree below an invocation to about `most` invocations; a chain has one job and one child at each level. */
function grow(random: Random, add: Adders, root: Added<Invocation>, most: number, chain: boolean): void {
  const open = [root]
  let left = most - 1
  for (let parent = open.shift(); parent; parent = open.shift()) {
    for (let jobs = chain ? 1 : random.pick([0, 1, 2, 3, 12]); jobs > 0; jobs -= 1) {
      const job = add.job(parent, parent.us + random.int(0, 500_000))
      const children = Math.min(left, chain ? 1 : random.pick([0, 0, 0, 1, 1, 2, 9]))
      left -= children
      // Most start while the job still runs; some clocks are seconds behind.
      for (let n = children; n > 0; n -= 1) {
        const us = job.us + (random.chance(0.1) ? -random.int(0, 3_000_000) : random.int(0, 700_000))
        open.push(add.invocation(us, random.chance(0.05) ? null : job.row.id))
      }
    }
  }
}

/** Invocations that trigger each other in a circle, with trees that hang off it: a climb from there runs into the circle. Returns their ids. */
function ring(random: Random, add: Adders, length: number, us: number): string[] {
  const members = Array.from({ length }, (_, at) => add.invocation(us + at * 100_000, null))
  const jobs = members.map((member) => add.job(member, member.us))
  for (const [at, member] of members.entries()) {
    member.row.source_job_id = jobs.at(at - 1)?.row.id ?? null
    const tail = add.job(member, member.us + 10)
    for (let n = random.int(0, 2); n > 0; n -= 1)
      grow(random, add, add.invocation(tail.us, tail.row.id), random.int(1, 12), false)
  }
  return members.map(({ row }) => row.id)
}

/** Inserts a forest as it is, updated_at included. Neither the order of the links, which a cycle has not, nor the triggers of updates are wanted. */
export async function insertForest(pool: pg.Pool, { invocations, events, jobs }: Forest): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('set local session_replication_role = replica')
    await insert(client, 'invocations', invocations)
    await insert(client, 'event_executions', events)
    await insert(client, 'job_executions', jobs)
    await client.query('commit')
  } finally {
    client.release()
  }
  await pool.query('analyze')
}

async function insert(
  client: pg.ClientBase,
  table: string,
  rows: ReadonlyArray<Record<string, unknown>>,
): Promise<void> {
  const names = Object.keys(rows[0] ?? {}).join(', ')
  await client.query(
    `insert into ${table} (${names}) select ${names} from jsonb_populate_recordset(null::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}
