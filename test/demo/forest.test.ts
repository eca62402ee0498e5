import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { chunks } from '../../src/demo/copy.ts'
import { forest, type ForestOptions } from '../../src/demo/forest.ts'
import {
  eventColumns,
  invocationColumns,
  jobColumns,
  type InvocationRow,
  type JobRow,
  type Rows,
} from '../../src/demo/rows.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const day = 86_400_000

function grown(options: Partial<ForestOptions>): Rows {
  const pieces = [...forest({ invocations: 5000, seed: 7, thin: false, now, ...options })]
  return {
    invocations: pieces.flatMap(({ invocations }) => invocations),
    events: pieces.flatMap(({ events }) => events),
    jobs: pieces.flatMap(({ jobs }) => jobs),
  }
}

function digest(options: Partial<ForestOptions>): string {
  const hash = createHash('sha256')
  const rows = grown({ invocations: 500, ...options })
  for (const bytes of chunks(invocationColumns, rows.invocations)) hash.update(bytes)
  for (const bytes of chunks(eventColumns, rows.events)) hash.update(bytes)
  for (const bytes of chunks(jobColumns, rows.jobs)) hash.update(bytes)
  return hash.digest('hex')
}

/** Every invocation's root and depth, by the recorded links. */
function trees({ invocations, jobs }: Rows): Map<string, { root: string; depth: number }> {
  const byJob = new Map(jobs.map(({ id, invocation_id }) => [id, invocation_id]))
  const placed = new Map<string, { root: string; depth: number }>()
  for (const { id, source_job_id: job } of invocations) {
    const parent = job === null ? undefined : placed.get(byJob.get(job) ?? '')
    assert.ok(job === null || parent, 'a triggered invocation comes after the job that triggered it')
    placed.set(id, parent === undefined ? { root: id, depth: 0 } : { root: parent.root, depth: parent.depth + 1 })
  }
  return placed
}

function share<T>(rows: T[], wanted: (row: T) => boolean): number {
  return rows.filter(wanted).length / rows.length
}

function between(value: number, least: number, most: number, what: string): void {
  assert.ok(value >= least && value <= most, `${what} is ${value}, not within ${least} and ${most}`)
}

interface Payload {
  __sourceJobId?: string
  event?: { session_variables: Record<string, string>; data: { new: Record<string, unknown> | null } }
}

/** What the payload says of the triggering job. */
function surviving({ source_event_payload }: InvocationRow): string | undefined {
  const { __sourceJobId, event } = JSON.parse(source_event_payload) as Payload
  const token =
    event?.session_variables['x-hasura-tracking-token'] ??
    event?.data.new?.['updated_by'] ??
    event?.data.new?.['updatedby']
  return __sourceJobId ?? (typeof token === 'string' ? token.split('|')[2] : undefined)
}

test('the same seed and time give the same bytes, on every machine and version of Node', () => {
  assert.equal(digest({}), '833f402229878b6f0e45758e142280a0b21e70eafb35e39bcba7e28747072f34')
  assert.equal(digest({ thin: true }), '7b6a350d3f7a3816781eebdb8ecbbbd957466d97eab926f91af4c6553ff57f57')
})

test('another seed gives other ids; another time gives the same ids, shifted', () => {
  const ids = new Set(grown({ invocations: 500 }).invocations.map(({ id }) => id))
  assert.equal(ids.size, 500)
  assert.ok(grown({ invocations: 500, seed: 8 }).invocations.every(({ id }) => !ids.has(id)))
  const later = grown({ invocations: 500, now: now + day }).invocations[0]
  assert.ok(later !== undefined && ids.has(later.id))
})

for (const invocations of [1, 2, 10, 200, 487, 488, 1000, 5000]) {
  test(`${invocations} invocations are exactly so many`, () => {
    assert.equal(grown({ invocations, thin: true }).invocations.length, invocations)
  })
}

test('proportions are those of the real writer', () => {
  const { invocations, events, jobs } = grown({})
  const detected = events.filter((event) => event.detected)
  between((events.length - detected.length) / invocations.length, 11, 13.5, 'undetected events per invocation')
  between(detected.length / invocations.length, 1, 2, 'detected events per invocation')
  between(jobs.length / detected.length, 1, 3, 'jobs per detected event')
  between(
    share(jobs, ({ status }) => status === 'failed'),
    0.015,
    0.03,
    'share of failed jobs',
  )

  const sizes = new Map<string, number>()
  const placed = trees({ invocations, events, jobs })
  for (const { root } of placed.values()) sizes.set(root, (sizes.get(root) ?? 0) + 1)
  const ordinary = invocations.filter(({ id }) => (sizes.get(placed.get(id)?.root ?? '') ?? 0) <= 100)
  const inOrdinary = new Set(ordinary.map(({ id }) => id))
  const leading = new Set(invocations.map((row) => row.source_job_id ?? surviving(row)))
  between(
    share(
      jobs.filter(({ invocation_id }) => inOrdinary.has(invocation_id)),
      ({ id }) => leading.has(id),
    ),
    0.13,
    0.17,
    'share of jobs that lead on',
  )
  between([...sizes.values()].filter((size) => size >= 20 && size <= 100).length, 5, 60, 'trees of 20 to 100')

  between(
    share(invocations, ({ created_at }) => Date.parse(created_at) > now - day),
    0.1,
    0.5,
    'share of the last 24 hours',
  )
  between(
    share(invocations, ({ correlation_id }) => correlation_id === null),
    0.03,
    0.12,
    'share without a correlation id',
  )
  between(
    share(invocations, ({ source_operation }) => source_operation === 'MANUAL'),
    0.002,
    0.05,
    'share of manual ones',
  )
  const size =
    invocations.reduce((sum, { source_event_payload }) => sum + source_event_payload.length, 0) / invocations.length
  between(size, 2000, 10_000, 'mean size of a payload')
  assert.ok(invocations.some(({ source_event_payload }) => source_event_payload.length > 600_000))
})

test('thin rows are small', () => {
  const { invocations, events } = grown({ invocations: 5000, thin: true })
  between(
    invocations.reduce((sum, { source_event_payload }) => sum + source_event_payload.length, 0) / 5000,
    200,
    450,
    'mean size of a payload',
  )
  between(events.length / 5000, 1.9, 2.1, 'events per invocation')
})

test('times lie within the 30 days before now, and follow day and night', () => {
  const { invocations, events, jobs } = grown({ thin: true, invocations: 20_000 })
  const times = [...invocations, ...events, ...jobs].flatMap(({ created_at, updated_at }) => [
    Date.parse(created_at),
    Date.parse(updated_at),
  ])
  const [least, most] = [Math.min(...chunkMin(times)), -Math.min(...chunkMin(times.map((time) => -time)))]
  assert.ok(
    least > now - 31 * day && most <= now,
    `${new Date(least).toISOString()} to ${new Date(most).toISOString()}`,
  )
  const hours = invocations.map(({ created_at }) => Number(created_at.slice(11, 13)))
  assert.ok(share(hours, (hour) => hour >= 18 && hour < 21) > 3 * share(hours, (hour) => hour >= 1 && hour < 4))
  assert.ok(
    invocations.some(({ created_at }) => Date.parse(created_at) > now - 15 * 60_000),
    'something has happened just now',
  )
})

/** Math.min takes no million arguments. */
function chunkMin(numbers: number[]): number[] {
  return [numbers.reduce((least, number) => Math.min(least, number), Infinity)]
}

test('a runaway loop is cut at depth 60 by a failed job', () => {
  const rows = grown({ invocations: 500 })
  const placed = trees(rows)
  const deepest = rows.invocations.filter(({ id }) => placed.get(id)?.depth === 60)
  assert.equal(deepest.length, 1)
  assert.equal([...placed.values()].filter(({ depth }) => depth > 60).length, 0)
  const last = deepest[0]?.id
  const loop = rows.invocations.filter(({ id }) => placed.get(id)?.root === placed.get(last ?? '')?.root)
  assert.equal(loop.length, 61)
  assert.deepEqual(
    [...new Set(loop.map(({ source_function }) => source_function))],
    ['on-stock-updated', 'on-product-updated'],
  )
  const job = rows.jobs.find(({ invocation_id, error_message }) => invocation_id === last && error_message !== null)
  assert.match(job?.error_message ?? '', /^Loop guard: hop depth 60 reached/)
})

test('from 20,000 on one tree has 5,000 invocations; below it is a quarter; a tiny set has no special trees', () => {
  for (const [invocations, expected] of [
    [20_000, 5000],
    [2000, 500],
    [400, 60],
  ] as const) {
    const sizes = new Map<string, number>()
    for (const { root } of trees(grown({ invocations, thin: true })).values())
      sizes.set(root, (sizes.get(root) ?? 0) + 1)
    const largest = Math.max(...sizes.values())
    if (invocations === 400) assert.ok(largest < 100, `the largest has ${largest}`)
    else assert.equal(largest, expected)
  }
})

test('failures look as the writer leaves them', () => {
  const { invocations, events, jobs } = grown({})
  const failed = new Set(jobs.filter(({ status }) => status === 'failed').map(({ invocation_id }) => invocation_id))
  const ended = invocations.filter(({ status }) => status !== 'running')
  assert.ok(
    ended
      .filter(({ id }) => failed.has(id))
      .every(({ status, error_message }) => status === 'failed' && error_message === null),
  )
  assert.ok(invocations.some(({ status, error_message }) => status === 'failed' && error_message !== null))
  assert.ok(jobs.some(({ error_stack }) => error_stack?.startsWith('{"_raw_string":')))
  assert.ok(jobs.some(({ error_stack }) => error_stack?.includes('\n    at ')))

  const crashed = new Set(
    events.filter(({ status }) => status.endsWith('_failed')).map(({ invocation_id }) => invocation_id),
  )
  assert.ok(
    events.some(({ status }) => status === 'detection_failed') &&
      events.some(({ status }) => status === 'handler_failed'),
  )
  between(crashed.size / invocations.length, 0.003, 0.02, 'share of invocations with a crash')
  assert.ok(
    invocations.filter(({ id }) => crashed.has(id) && !failed.has(id)).every(({ status }) => status === 'completed'),
  )

  const stale = invocations.filter(
    ({ status, created_at }) => status === 'running' && Date.parse(created_at) < now - day,
  )
  assert.ok(stale.length > 2 && stale.every(({ total_duration_ms }) => total_duration_ms === null))
  assert.ok(
    jobs.some(
      ({ status, duration_ms, created_at }) =>
        status === 'running' && duration_ms === null && Date.parse(created_at) < now - day,
    ),
  )
})

test('links are recorded, severed, unrecorded, or name a job of days ago; nothing else', () => {
  const { invocations, jobs } = grown({})
  const byId = new Map(jobs.map((job) => [job.id, job]))
  const severed = invocations.filter((row) => row.source_job_id === null && byId.has(surviving(row) ?? ''))
  const ago = severed.map(
    (row) => Date.parse(row.created_at) - Date.parse(byId.get(surviving(row) ?? '')?.created_at ?? ''),
  )
  between(severed.length, 50, 250, 'severed links')
  assert.ok(
    ago.some((ms) => ms > day),
    'a stale record names an old job',
  )
  assert.ok(
    severed.some((row) => row.source_event_payload.includes('__sourceJobId')) &&
      severed.some((row) => !row.source_event_payload.includes('__sourceJobId')),
  )
  assert.ok(invocations.some((row) => row.source_job_id === null && surviving(row) === 'unknown'))
  const recorded = invocations.filter(
    ({ source_job_id, source_operation }) => source_job_id !== null && !['DELETE', 'MANUAL'].includes(source_operation),
  )
  assert.ok(recorded.length > 1000 && recorded.every((row) => surviving(row) === row.source_job_id))
})

test('rows are as odd as real ones: crashes whose text is a stack, blamed neighbours, cold starts, forgotten jobs, deleted parents', () => {
  const { invocations, events, jobs } = grown({})
  const byId = new Map(invocations.map((row) => [row.id, row]))
  const jobIds = new Set(jobs.map(({ id }) => id))
  const crashed = events.filter(({ detected, status }) => detected && status.endsWith('_failed'))
  assert.ok(
    crashed.length > 5 &&
      crashed.every(({ handler_error }) => /^Handler crashed: .*\n    at /.test(handler_error ?? '')),
  )
  assert.ok(crashed.every(({ invocation_id }) => byId.get(invocation_id)?.total_jobs_run === 0))
  const innocent = events.filter(({ detected, status }) => !detected && status === 'detection_failed')
  const texts = new Map(crashed.map(({ invocation_id, handler_error }) => [invocation_id, handler_error]))
  assert.ok(innocent.length > 0)
  for (const { invocation_id, detection_error } of innocent) assert.equal(detection_error, texts.get(invocation_id))
  assert.ok(
    invocations.some(
      ({ created_at, updated_at, total_duration_ms }) =>
        total_duration_ms !== null && Date.parse(created_at) + total_duration_ms > Date.parse(updated_at),
    ),
    'a cold start',
  )
  assert.ok(
    jobs.some(({ status, invocation_id }) => status === 'running' && byId.get(invocation_id)?.status === 'completed'),
    'a forgotten job',
  )
  const named = invocations.filter(({ source_job_id }) => source_job_id === null).map(surviving)
  assert.ok(
    named.some((id) => id !== undefined && /^[0-9a-f-]{36}$/.test(id) && !jobIds.has(id)),
    'a deleted parent',
  )
  for (const place of ['__sourceJobId', '"updated_by":"demo-', '"updatedby":"demo-', 'x-hasura-tracking-token'])
    assert.ok(
      invocations.some((row) => row.source_job_id === null && row.source_event_payload.includes(place)),
      place,
    )
})

test('lags are mostly negative, clocks are sometimes behind, jobs run in parallel, times tie, counters sometimes lie', () => {
  const { invocations, jobs } = grown({})
  const byId = new Map(jobs.map((job) => [job.id, job]))
  const links = invocations.flatMap((row) => {
    const job: JobRow | undefined = byId.get(row.source_job_id ?? '')
    return job === undefined
      ? []
      : [{ at: Date.parse(row.created_at), start: Date.parse(job.created_at), duration: job.duration_ms }]
  })
  between(
    share(links, ({ at, start, duration }) => duration !== null && at < start + duration),
    0.6,
    0.95,
    'share of negative lags',
  )
  between(
    share(links, ({ at, start }) => at < start),
    0.002,
    0.03,
    'share of skewed clocks',
  )
  assert.ok(links.every(({ at, start }) => at >= start - 4000))

  const run = new Map<string, JobRow[]>()
  for (const job of jobs) run.set(job.invocation_id, [...(run.get(job.invocation_id) ?? []), job])
  assert.ok(
    invocations.some(
      ({ id, total_duration_ms: total }) =>
        total !== null && (run.get(id) ?? []).reduce((sum, { duration_ms }) => sum + (duration_ms ?? 0), 0) > total,
    ),
  )
  between(
    new Set(invocations.map(({ created_at }) => created_at)).size / invocations.length,
    0.8,
    0.99,
    'share of different times',
  )
  const lying = invocations.filter(
    ({ id, status, total_jobs_run }) => status !== 'running' && total_jobs_run !== (run.get(id) ?? []).length,
  )
  between(lying.length / invocations.length, 0.001, 0.02, 'share of wrong counters')
})

test('users and secrets are made up', () => {
  const { invocations } = grown({ invocations: 500 })
  assert.ok(invocations.every(({ source_user_email: email }) => email === null || email.endsWith('@example.com')))
  assert.ok(invocations.every(({ context_data }) => /"authorization":"Bearer demo-token-/.test(context_data)))
  assert.ok(invocations.every(({ source_system }) => source_system.startsWith('demo-')))
})
