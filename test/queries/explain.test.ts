import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import pg from 'pg'
import type { Snapshot } from '../../src/db/db.ts'
import type { Sql } from '../../src/db/sql.ts'
import type { LinkWay } from '../../src/domain/link/way.ts'
import type { PageRequest } from '../../src/domain/paging/page.ts'
import { MOST_WHOLE } from '../../src/domain/tree/most-whole.ts'
import { chainRows } from '../../src/queries/links.ts'
import { eventRows } from '../../src/queries/events.ts'
import { invocationRows } from '../../src/queries/invocations.ts'
import { jobRows } from '../../src/queries/jobs.ts'
import { narrowLevels, wideLevel } from '../../src/queries/tree/levels.ts'
import { smallTree } from '../../src/queries/tree/small-tree.ts'
import { jobsAndCrashesOfNodes, triggeredCounts } from '../../src/queries/tree/parts.ts'
import { indexedRows } from '../../src/queries/search/index-rows.ts'
import { rootRows } from '../../src/queries/tree/roots.ts'
import { triggeredLookup } from '../../src/queries/triggered.ts'
import { database } from '../support/database.ts'
import { keepLinks } from '../support/link-modes.ts'

const ROWS = 200_000
/** They stand evenly in so many days, which ended at noon. */
const DAYS = 40
const A_DAY = ROWS / DAYS
const noon = '2026-11-22T12:00:00.000000Z'
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** Thin rows: an invocation with one job each; every fourth was triggered by the job of the one before it, every fiftieth failed; every fourth has an event, of which three in four were detected and one in 25 crashed. Job 7 triggered 5,000 more. */
async function volume(t: TestContext): Promise<pg.Pool> {
  const { pool } = await database(t)
  const client = await pool.connect()
  // The rows fit together: checking that would take most of the time.
  await client.query(`set session_replication_role = replica`)
  await client.query(`
    insert into invocations (id, created_at, source_function, source_event_payload, status, total_duration_ms, correlation_id, source_event_id, source_table, source_system, source_job_id)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '${noon}'::timestamptz - (${ROWS} - n) * interval '${(DAYS * 86_400) / ROWS} s', 'function-' || n % 20, '{}',
           case when n % 50 = 3 then 'failed' else 'completed' end, 5, 'correlation-' || n / 10, ('00000000-0000-4000-8000-' || lpad((n / 2)::text, 12, '0'))::uuid, 'public.orders', 'shop',
           case when n % 48 = 9 then '${uuid(7)}'::uuid when n % 4 = 1 then ('00000000-0000-4000-8000-' || lpad((n - 1)::text, 12, '0'))::uuid end
      from generate_series(1, ${ROWS}) n`)
  await client.query(`
    insert into event_executions (id, invocation_id, created_at, event_name, detected, status)
    select id, id, created_at, 'event-' || right(id::text, 4)::int / 4 % 20, right(id::text, 4)::int / 4 % 4 <> 0,
           case when right(id::text, 2) = '05' then 'handler_failed' else status end
      from invocations
     where right(id::text, 4)::int % 4 = 1`)
  await client.query(`
    insert into job_executions (id, invocation_id, event_execution_id, created_at, job_name, job_function_name, status, duration_ms, correlation_id)
    select id, id, id, created_at, 'job-' || right(id::text, 2)::int % 20, 'job-' || right(id::text, 2)::int % 20, status, 5, correlation_id from invocations`)
  // The record 7 of one table is a hot one, and each tenth row is about an order of its own.
  await client.query(`
    insert into observability_search (kind, value, place, created_at, invocation_id)
    select 'record', case when n % 10 = 0 then n::text else '7' end, case when n % 10 = 0 then 'public.orders' else 'public.carts' end, created_at, id
      from (select id, created_at, right(id::text, 6)::int as n from invocations) i
     where n <= 30000
    union all
    select 'record', '7', 'public.orders', created_at, id from invocations where id in ('${uuid(40)}', '${uuid(41)}')`)
  // As autovacuum leaves them: an index can answer alone where pages are known to hold nothing that is still under way.
  await client.query('vacuum analyze')
  client.release()
  return pool
}

/** The statement that a query makes, unsent. */
async function statementOf(ask: Case[2], way: LinkWay): Promise<Sql> {
  const made: Sql[] = []
  const keep = <R>(statement: Sql): R[] => {
    made.push(statement)
    return [{ id: null, nth: 0, packed: '', asOf: '' }] as R[]
  }
  await ask(
    {
      asOf: '',
      query: async <R extends object>(statement: Sql) => keep<R>(statement),
      batches: async function* <R extends object>(statement: Sql) {
        yield keep<R>(statement)
      },
    },
    way,
  )
  assert.equal(made.length, 1)
  return made[0] as Sql
}

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Plan[]
}

function* nodes(plan: Plan): Generator<Plan> {
  yield plan
  for (const below of plan.Plans ?? []) yield* nodes(below)
}

/** Rows that the scans of a plan took from tables and indexes, those that a filter then dropped included. */
function rowsRead(plan: Plan): number {
  const scans = [...nodes(plan)].filter(
    (node) =>
      node['Node Type'].endsWith('Scan') &&
      (node['Relation Name'] !== undefined || node['Node Type'] === 'Bitmap Index Scan'),
  )
  return scans.reduce(
    (sum, node) =>
      sum +
      node['Actual Loops'] *
        (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)),
    0,
  )
}

const literal = (value: unknown): string =>
  Array.isArray(value) ? `'{${value.map((each) => JSON.stringify(each)).join(',')}}'` : pg.escapeLiteral(String(value))

/** The plan of the first run of a statement, and that of the eighth on one connection: from the sixth on Postgres may keep one plan for all values. */
async function plans(pool: pg.Pool, { text, values }: Sql): Promise<Plan[]> {
  const client = await pool.connect()
  try {
    await client.query(`prepare asked as ${text}`)
    const found: Plan[] = []
    for (let run = 1; run <= 8; run += 1) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, timing off, format json) execute asked (${values.map(literal).join(', ')})`,
      )
      const plan = rows[0]?.['QUERY PLAN'][0].Plan
      if (plan && (run === 1 || run === 8)) found.push(plan)
    }
    return found
  } finally {
    client.release(true)
  }
}

const page = (given: Partial<PageRequest> = {}): PageRequest => ({
  route: '',
  filters: {},
  from: '2026-11-21T12:00:00.000000Z',
  to: noon,
  order: 'desc',
  limit: 50,
  after: null,
  ...given,
})
const month = { from: '2026-10-23T12:00:00.000000Z' }
const allTime = { from: null, to: null }
const reach = { maxDepth: 100, maxNodes: 10_000, maxJobs: 1000, events: false }
const jobsOfBatch = (ids: string[]) => ({ ids: ids.join(','), invocationIds: ids.join(',') })
const twenty = Array.from({ length: 20 }, (_, n) => uuid(1000 + 4 * n))
/** A place in the middle of the month, where a page deep in the list goes on. */
const after = { at: '2026-11-07T12:00:00.000000Z', id: uuid(1) }

type Case = [what: string, atMost: number, ask: (db: Snapshot, way: LinkWay) => Promise<unknown>]

const invocationsOf = (
  what: string,
  atMost: number,
  filters: Parameters<typeof invocationRows>[1],
  given: Partial<PageRequest> = {},
): Case => [
  `/invocations ${what}`,
  atMost,
  (db, linkWay) => invocationRows(db, filters, page(given), { staleAfter: 900_000, linkWay }),
]
const chainsOf = (
  what: string,
  atMost: number,
  filters: Parameters<typeof chainRows>[1],
  given: Partial<PageRequest> = {},
): Case => [`/chains ${what}`, atMost, (db, way) => chainRows(db, filters, page(given), way)]
const jobsOf = (
  what: string,
  atMost: number,
  filters: Parameters<typeof jobRows>[1],
  given: Partial<PageRequest> = {},
): Case => [`/jobs ${what}`, atMost, (db, way) => jobRows(db, filters, page(given), way)]
const eventsOf = (
  what: string,
  atMost: number,
  filters: Parameters<typeof eventRows>[1],
  given: Partial<PageRequest> = {},
): Case => [`/events ${what}`, atMost, (db, way) => eventRows(db, filters, page(given), way)]
const rootsOf = (
  what: string,
  atMost: number,
  given: Partial<PageRequest> = {},
  filters: Parameters<typeof rootRows>[1] = {},
): Case => [
  `/trees ${what}`,
  atMost,
  (db, linkWay) => rootRows(db, filters, page(given), 51, MOST_WHOLE, { staleAfter: 900_000, linkWay }),
]

async function allOf(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}

const cases: Case[] = [
  invocationsOf('of a day', 60, {}),
  invocationsOf('of a day, oldest first', 60, {}, { order: 'asc' }),
  invocationsOf('deep in a month', 60, {}, { ...month, after }),
  invocationsOf('deep in a month, oldest first', 60, {}, { ...month, after, order: 'asc' }),
  invocationsOf('of a job', 60, { sourceJobId: [uuid(7)] }, allTime),
  invocationsOf('of a job, deep', 60, { sourceJobId: [uuid(7)] }, { ...allTime, after, order: 'asc' }),
  invocationsOf('of a correlation', 60, { correlationId: ['correlation-777'] }, allTime),
  invocationsOf('of an event', 20, { sourceEventId: [uuid(777)] }, allTime),
  invocationsOf('failed in a day', A_DAY, { status: ['failed'] }),
  invocationsOf('that crashed in a day', 1.1 * A_DAY, { outcome: ['crashed'] }),
  invocationsOf('that failed or crashed in a day', A_DAY, { outcome: ['failed'] }),
  invocationsOf('completed in a day', 70, { outcome: ['completed'] }),
  invocationsOf('of a function in a day', A_DAY, { sourceFunction: ['function-3'] }),
  invocationsOf('of no function in a day', 1.2 * A_DAY, { sourceFunction: ['nobody'] }),
  invocationsOf('roots of a month', 100, { root: true }, month),
  invocationsOf('links of a month', 300, { root: false }, month),
  [
    '/invocations of a job, shared',
    300,
    (db, way) => triggeredLookup(db)(uuid(7), page(allTime), way, new AbortController().signal),
  ],
  chainsOf('of a day', 500, {}),
  chainsOf('deep in a month', 500, {}, { ...month, after }),
  chainsOf('deep in a month, oldest first', 500, {}, { ...month, after, order: 'asc' }),
  // Here it is cheaper to read all jobs of that name, one in twenty, than to look up the job of each link of the day.
  chainsOf('of a job in a day', 6 * A_DAY, { triggeringJob: ['job-8'] }),
  chainsOf('of a function in a day', 4 * A_DAY, { triggeredFunction: ['function-9'] }),
  chainsOf('of a correlation', 120, { correlationId: ['correlation-777'] }, allTime),
  chainsOf(
    'of two correlations, oldest first',
    240,
    { correlationId: ['correlation-777', 'correlation-778'] },
    { ...allTime, order: 'asc' },
  ),
  chainsOf('of no correlation', 1, { correlationId: ['nobody'] }, allTime),
  chainsOf('of nothing in a day', 4 * A_DAY, { triggeringFunction: ['nobody'], jobStatus: ['failed'] }),
  jobsOf('of a day', 60, {}),
  jobsOf('deep in a month', 60, {}, { ...month, after }),
  jobsOf('deep in a month, oldest first', 60, {}, { ...month, after, order: 'asc' }),
  jobsOf('of an invocation', 10, { invocationId: [uuid(777)] }, allTime),
  jobsOf('failed in a day', A_DAY, { status: ['failed'] }),
  jobsOf('of a name in a day', A_DAY, { name: ['job-3'] }),
  jobsOf('of a function in a day', A_DAY, { functionName: ['job-3'] }),
  jobsOf('of no function in a day', 1.2 * A_DAY, { functionName: ['nobody'] }),
  jobsOf('that took long in a day', 1.2 * A_DAY, { minDurationMs: 6 }),
  // The invocation of each job that is looked at is looked up.
  jobsOf('that a function ran in a day', 2200, { triggeringFunction: ['function-3'] }),
  jobsOf('that no function ran in a day', 2.4 * A_DAY, { triggeringFunction: ['nobody'] }),
  jobsOf('of a correlation', 20, { correlationId: ['correlation-777'] }, allTime),
  jobsOf('of a correlation, deep', 20, { correlationId: ['correlation-777'] }, { ...allTime, after, order: 'asc' }),
  jobsOf('of an event', 10, { eventExecutionId: [uuid(777)] }, allTime),
  eventsOf('of a day', 60, { detected: 'true' }),
  eventsOf('deep in a month', 60, { detected: 'true' }, { ...month, after }),
  eventsOf('deep in a month, oldest first', 60, { detected: 'true' }, { ...month, after, order: 'asc' }),
  eventsOf('of an invocation', 10, { detected: 'any', invocationId: [uuid(777)] }, allTime),
  // A day has a quarter of A_DAY of events; here the planner joins its index with the writer's, of one event in fifty or twenty.
  eventsOf('failed in a day', A_DAY, { detected: 'true', status: ['failed'] }),
  eventsOf('of a name in a day', A_DAY, { detected: 'true', name: ['event-3'] }),
  // No index holds undetected events in order of time: all of that name are read.
  eventsOf('of a name in a day, undetected', A_DAY, { detected: 'false', name: ['event-4'] }),
  [
    '/trees/:id of two',
    30,
    (db, way) => allOf(narrowLevels(db, { start: uuid(100), jobs: null, depth: 0, seen: 0 }, reach, way, true)),
  ],
  [
    '/trees/:id of two, in one statement',
    60,
    (db, linkWay) => smallTree(db, { id: uuid(100), fromRoot: true, reach, paths: [], linkWay }),
  ],
  [
    '/trees/:id that is cut, in one statement',
    // What the job with a wide level triggered is sorted to find the first twenty, and counted.
    9000,
    (db, linkWay) =>
      smallTree(db, { id: uuid(7), fromRoot: false, reach: { ...reach, maxNodes: 20 }, paths: [], linkWay }),
  ],
  [
    '/trees/:id below twenty jobs',
    150,
    (db, way) =>
      allOf(narrowLevels(db, { start: uuid(100), jobs: jobsOfBatch(twenty), depth: 3, seen: 30 }, reach, way, true)),
  ],
  ['/trees/:id, jobs and crashes of a batch', 30, (db) => jobsAndCrashesOfNodes(db, twenty, reach)],
  [
    '/trees/:id, a wide level',
    4200,
    (db, way) => allOf(wideLevel(db, { start: uuid(7), jobs: jobsOfBatch([uuid(7)]), depth: 1, seen: 1 }, reach, way)),
  ],
  ['/trees/:id, what twenty jobs triggered', 150, (db, way) => triggeredCounts(db, uuid(100), twenty, way)],
  [
    '/trees/:id, what a job with a wide level triggered',
    4200,
    (db, way) => triggeredCounts(db, uuid(100), [uuid(7)], way),
  ],
  [
    '/records of an order, whose id another table has often',
    30,
    (db) => indexedRows(db, 'record', [{ value: '7', place: 'orders' }], { from: '2020-01-01', to: noon }, null, 51),
  ],
  [
    '/search for an id that one table has often',
    100,
    (db) => indexedRows(db, 'record', [{ value: '7', place: null }], { from: '2020-01-01', to: noon }, null, 21),
  ],
  rootsOf('of a day', 600),
  rootsOf('deep in a month', 600, { ...month, after }),
  rootsOf('deep in a month, oldest first', 600, { ...month, after, order: 'asc' }),
  rootsOf('of a function in a day', 2 * A_DAY, {}, { rootFunction: ['function-2'] }),
  rootsOf('of a correlation', 150, allTime, { correlationId: ['correlation-777'] }),
]

/** Of the rows of an invocation that a job triggered three more may be looked at: what is kept of its link, the job once more, and the branch of the others. */
const OVERLAID = 4

/** Every link moves to our table, where as many stand beside them that do not count; the rows stay in the order of their time, as a writer leaves them. */
async function overlay(pool: pg.Pool): Promise<void> {
  await keepLinks(pool)
  await pool.query(`
    insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    select gen_random_uuid(), created_at, job_id, 'mended', 1, '' from observability_links`)
  await pool.query('cluster invocations using idx_invocations_created_at')
  await pool.query('vacuum analyze')
}

test(`at ${ROWS} invocations every list is read through an index, and little of it`, async (t) => {
  const pool = await volume(t)
  await look(pool, 'column', 1)
  await overlay(pool)
  await look(pool, 'overlay', OVERLAID)
})

async function look(pool: pg.Pool, way: LinkWay, factor: number): Promise<void> {
  for (const [what, bound, ask] of cases) {
    const atMost = factor * bound
    const statement = await statementOf(ask, way)
    for (const [nth, plan] of (await plans(pool, statement)).entries()) {
      const shown = `${what}, ${way}, ${nth === 0 ? 'first' : 'eighth'} run: ${rowsRead(plan)} rows read, ${[...nodes(plan)].map((node) => `${node['Node Type']} ${node['Actual Rows']}×${node['Actual Loops']}`).join('; ')}`
      assert.ok(rowsRead(plan) <= atMost, `${shown}: more than ${atMost}`)
      assert.deepEqual(
        [...nodes(plan)].filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
        [],
        shown,
      )
      assert.ok(
        [...nodes(plan)].every((node) => !node['Node Type'].endsWith('Sort') || node['Actual Rows'] <= atMost),
        shown,
      )
    }
  }
}
