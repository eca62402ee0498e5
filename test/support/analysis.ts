import type pg from 'pg'

/**
 * What the answers of figures should say, in plain loops over all rows. Imports nothing of the service, so that a mistake there cannot hide here.
 * Instants are microseconds since 1970; durations are ms.
 */

export interface InvocationFacts {
  id: string
  at: number
  name: string
  table: string | null
  system: string | null
  status: string
  ms: number | null
  job: string | null
  crashed: boolean
  message: string | null
}

export interface JobFacts {
  id: string
  invocation: string
  at: number
  name: string
  status: string
  ms: number | null
  message: string | null
}

export interface EventFacts {
  id: string
  invocation: string
  at: number
  name: string
  detected: boolean
  status: string
  ms: number | null
  message: string | null
}

export interface Facts {
  invocations: InvocationFacts[]
  jobs: JobFacts[]
  events: EventFacts[]
}

const micros = `(extract(epoch from created_at) * 1000000)::bigint::text`
const failing = new Set(['failed', 'timeout', 'timed_out'])

/** All rows of the three tables. */
export async function factsOf(pool: pg.Pool): Promise<Facts> {
  const read = async <T>(text: string): Promise<T[]> =>
    (await pool.query<T & { at: unknown }>(text)).rows.map((row) => Object.assign(row, { at: Number(row.at) }))
  const events = await read<EventFacts>(
    `select id, invocation_id as invocation, ${micros} as at, event_name as name, detected, status, handler_duration_ms as ms, coalesce(detection_error, handler_error) as message from event_executions`,
  )
  const crashes = new Set(events.filter(crashed).map(({ invocation }) => invocation))
  const invocations = await read<InvocationFacts>(
    `select id, ${micros} as at, source_function as name, source_table as table, source_system as system, status, total_duration_ms as ms, source_job_id as job, error_message as message from invocations`,
  )
  return {
    events,
    invocations: invocations.map((each) => Object.assign(each, { crashed: crashes.has(each.id) })),
    jobs: await read<JobFacts>(
      `select id, invocation_id as invocation, ${micros} as at, job_name as name, status, duration_ms as ms, error_message as message from job_executions`,
    ),
  }
}

export function crashed({ status, detected }: Pick<EventFacts, 'status' | 'detected'>): boolean {
  return status === 'handler_failed' || (status === 'detection_failed' && detected)
}

export function failed({ status, crashed: crash = false }: { status: string; crashed?: boolean }): boolean {
  return crash || failing.has(status)
}

export interface Span {
  from: number
  to: number
}

export const within = ({ at }: { at: number }, { from, to }: Span): boolean => at >= from && at < to

/** The smallest value that so much of all values do not exceed; null of none. */
export function percentile(values: ReadonlyArray<number | null>, part: number): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b)
  return known[Math.max(1, Math.ceil(part * known.length)) - 1] ?? null
}

export const instant = (us: number): string =>
  `${new Date(Math.floor(us / 1000)).toISOString().slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`

export const share = (of: number, n: number): number | null => (n === 0 ? null : Math.round((of / n) * 1e6) / 1e6)
const rounded = (value: number | null): number => Math.round((value ?? NaN) * 1000) / 1000

/** Groups by a key, in no order. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

type Run = { id: string; at: number; name: string; status: string; ms: number | null; crashed?: boolean }
type Kind = 'job' | 'function'

/** The figures of the runs of one name. */
export function runFigures(runs: readonly Run[]) {
  const durations = runs.map(({ ms }) => (ms !== null && ms >= 0 ? ms : null))
  const known = durations.filter((ms) => ms !== null)
  return {
    runs: runs.length,
    failed: runs.filter(failed).length,
    crashed: runs.filter((run) => run.crashed === true).length,
    failureRate: share(runs.filter(failed).length, runs.length),
    durationMs:
      known.length === 0
        ? null
        : { p50: percentile(known, 0.5), p95: percentile(known, 0.95), p99: percentile(known, 0.99) },
    totalMs: known.length === 0 ? null : known.reduce((sum, ms) => sum + ms, 0),
  }
}

/** The edges of a level and the figures of their ends, by key. */
export function dependencies({ invocations, jobs }: Facts, level: Kind | 'both', window: Span) {
  const invocationOf = new Map(invocations.map((each) => [each.id, each]))
  const jobOf = new Map(jobs.map((each) => [each.id, each]))
  const pairs: Array<{ source: [Kind, Run]; target: [Kind, Run]; lag: number | null }> = []
  const afterJob = (job: JobFacts, run: Run): number | null =>
    job.ms === null ? null : (run.at - job.at) / 1000 - job.ms
  for (const job of jobs) {
    const own = invocationOf.get(job.invocation)
    if (level === 'both' && own)
      pairs.push({ source: ['function', own], target: ['job', job], lag: (job.at - own.at) / 1000 })
    const by = own?.job ? jobOf.get(own.job) : undefined
    if (level === 'job' && by) pairs.push({ source: ['job', by], target: ['job', job], lag: afterJob(by, job) })
  }
  for (const each of invocations) {
    const by = each.job === null ? undefined : jobOf.get(each.job)
    if (by === undefined) continue
    const parent = invocationOf.get(by.invocation)
    if (level === 'both') pairs.push({ source: ['job', by], target: ['function', each], lag: afterJob(by, each) })
    if (level === 'function' && parent)
      pairs.push({ source: ['function', parent], target: ['function', each], lag: afterJob(by, each) })
  }
  const all: Record<Kind, readonly Run[]> = { job: jobs, function: invocations }
  const edges = [
    ...grouped(
      pairs.filter(({ target }) => within(target[1], window)),
      ({ source, target }) => JSON.stringify([source[0], source[1].name, target[0], target[1].name]),
    ),
  ]
  return edges.map(([, own]) => {
    const [{ source, target } = { source: ['job', {} as Run] as const, target: ['job', {} as Run] as const }] = own
    const runs = all[source[0]].filter((run) => run.name === source[1].name && within(run, window)).length
    const bySource = [...grouped(own, (pair) => pair.source[1].id).values()]
    const runsWithout = runs - bySource.filter(([pair]) => pair && within(pair.source[1], window)).length
    const lags = own.map(({ lag }) => lag)
    const last = own.map((pair) => pair.target[1]).toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))[0]
    const failures = own.filter((pair) => failed(pair.target[1])).length
    return {
      source: { kind: source[0], name: source[1].name },
      target: { kind: target[0], name: target[1].name },
      times: own.length,
      runs,
      runsWithout,
      withoutRate: share(runsWithout, runs),
      failed: failures,
      failureRate: share(failures, own.length),
      fanOut: { avg: rounded(own.length / bySource.length), max: Math.max(...bySource.map((pairs) => pairs.length)) },
      lagMs: lags.every((lag) => lag === null)
        ? null
        : { p50: rounded(percentile(lags, 0.5)), p95: rounded(percentile(lags, 0.95)) },
      firstSeen: instant(Math.min(...own.map((pair) => pair.target[1].at))),
      lastSeen: instant(last?.at ?? 0),
      sampleId: last?.id,
      sampleTree: `/trees/${last?.id}?from=root`,
    }
  })
}

/** One failure: a failed job, a crashed event, or an invocation that failed and of which neither says why, or that has a message of its own. */
export function failures({ invocations, jobs, events }: Facts) {
  const withFailedJob = new Set(jobs.filter(failed).map(({ invocation }) => invocation))
  return [
    ...jobs
      .filter(failed)
      .map(({ id, invocation, at, name, message }) => ({ kind: 'job', id, invocation, at, name, message })),
    ...events
      .filter(crashed)
      .map(({ id, invocation, at, name, message }) => ({ kind: 'event', id, invocation, at, name, message })),
    ...invocations
      .filter(
        (each) =>
          failed({ status: each.status }) && !each.crashed && (each.message !== null || !withFailedJob.has(each.id)),
      )
      .map(({ id, at, name, message }) => ({ kind: 'function', id, invocation: id, at, name, message })),
  ]
}

/** The root of each invocation, climbed one by one. */
export function rootOf({ invocations, jobs }: Facts): (id: string) => string {
  const jobOf = new Map(jobs.map((each) => [each.id, each.invocation]))
  const parent = new Map(invocations.map((each) => [each.id, each.job === null ? undefined : jobOf.get(each.job)]))
  return (id) => {
    const seen: string[] = []
    for (let at: string | undefined = id; at !== undefined; at = parent.get(at)) {
      if (seen.includes(at)) return seen.slice(seen.indexOf(at)).toSorted()[0] ?? ''
      seen.push(at)
    }
    return seen.at(-1) ?? ''
  }
}

/** Runs of a kind as statistics count them: of an event those that were detected, at the start of their invocation. */
export function runsOf({ invocations, jobs, events }: Facts, kind: 'job' | 'function' | 'event') {
  if (kind !== 'event') return (kind === 'job' ? jobs : invocations).map((run) => ({ run: run as Run, ran: true }))
  const startOf = new Map(invocations.map(({ id, at }) => [id, at]))
  return events.map((event) => ({
    run: {
      id: event.id,
      at: startOf.get(event.invocation) ?? NaN,
      name: event.name,
      status: crashed(event) ? 'failed' : 'completed',
      ms: event.detected ? event.ms : null,
      crashed: crashed(event),
    },
    ran: event.detected || crashed(event),
  }))
}
