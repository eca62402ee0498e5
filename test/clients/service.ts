import type { TestContext } from 'node:test'
import type pg from 'pg'
import { redactionsOf } from '../../src/domain/privacy/redaction.ts'
import { addEvent, addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { service } from '../support/service.ts'

/** What a client is told: where the service is, and the rows that it shall ask for. */
export interface Told {
  base: string
  root: string
  child: string
  job: string
  event: string
  /** Its own descendant. */
  circular: string
  /** Has more jobs than a tree shows of one. */
  busy: string
  /** Differs from 60 trees before it. */
  odd: string
  nobody: string
  from: string
  to: string
}

export interface Running {
  told: Told
  /** The OpenAPI document, as the service gives it. */
  document: string
  /** What each request of `requests` is answered, as it comes. */
  raw: Record<string, unknown>
}

const AT = '2026-11-22T09:48:02.120456Z'

/** Every documented operation by the names that the clients give their answers, with requests that fill every field. */
const requests = ({
  root,
  child,
  job,
  event,
  circular,
  busy,
  odd,
  nobody,
  from,
  to,
}: Told): Record<string, { operation: string; path: string }> => ({
  home: { operation: '/', path: '/' },
  live: { operation: '/health/live', path: '/health/live' },
  ready: { operation: '/health/ready', path: '/health/ready' },
  invocations: {
    operation: '/invocations',
    path: `/invocations?status=failed&status=completed&from=${from}&to=${to}&limit=1`,
  },
  triggered: { operation: '/invocations', path: `/invocations?sourceJobId=${job}&order=asc` },
  invocation: {
    operation: '/invocations/{id}',
    path: `/invocations/${root}?include=email&include=payload&include=context&include=options&include=results&include=stacks`,
  },
  child: { operation: '/invocations/{id}', path: `/invocations/${child}` },
  jobs: { operation: '/jobs', path: '/jobs?window=99999w&status=failed&limit=1' },
  job: { operation: '/jobs/{id}', path: `/jobs/${job}?include=options&include=result&include=stack` },
  events: { operation: '/events', path: '/events?window=99999w&name=order-placed&detected=any&limit=1' },
  event: { operation: '/events/{id}', path: `/events/${event}?include=stack` },
  chains: { operation: '/chains', path: `/chains?window=99999w&triggeringJob=capture-payment` },
  links: { operation: '/links', path: '/links?window=99999w&state=recovered&state=severed&limit=1' },
  record: { operation: '/records/{table}/{recordId}', path: '/records/public.orders/7?limit=1&include=changes' },
  correlation: { operation: '/correlations/{correlationId}', path: '/correlations/order-1041' },
  search: { operation: '/search', path: '/search?q=public.orders:7' },
  searchLate: { operation: '/search', path: '/search?q=Declined&in=error' },
  names: { operation: '/names', path: `/names?from=${from}&to=${to}&kind=job&text=capture` },
  criticalPaths: {
    operation: '/critical-paths',
    path: `/critical-paths?from=${from}&to=${to}&rootFunction=on-order-created&compareTo=previous&sort=name`,
  },
  hintedCriticalPaths: {
    operation: '/critical-paths',
    path: `/critical-paths?from=${from}&to=${to}&fromFunction=on-ordr-created&toFunction=imported`,
  },
  comparison: { operation: '/trees/{id}/compare', path: `/trees/${odd}/compare` },
  compared: { operation: '/trees/{id}/compare', path: `/trees/${busy}/compare?with=${odd}` },
  shapes: { operation: '/shapes', path: `/shapes?from=${from}&to=${to}&rootFunction=on-order-created&sort=name` },
  hintedShapes: { operation: '/shapes', path: `/shapes?from=${from}&to=${to}&rootFunction=on-ordr-created` },
  missing: { operation: '/missing', path: `/missing?from=${from}&to=${to}&support=1&confidence=0.01` },
  hintedMissing: { operation: '/missing', path: `/missing?from=${from}&to=${to}&name=captur-payment` },
  hinted: { operation: '/jobs', path: `/jobs?from=${from}&to=${to}&name=captur-payment` },
  hintedStats: { operation: '/jobs/stats', path: `/jobs/stats?from=${from}&to=${to}&name=captur-payment` },
  hintedFailures: { operation: '/failures', path: `/failures?from=${from}&to=${to}&name=captur-payment` },
  hintedDependencies: { operation: '/dependencies', path: `/dependencies?from=${from}&to=${to}&around=captur-payment` },
  jobStats: {
    operation: '/jobs/stats',
    path: `/jobs/stats?from=${from}&to=${to}&bucket=1h&compareTo=previous&limit=1`,
  },
  totals: { operation: '/totals', path: `/totals?from=${from}&to=${to}&compareTo=previous&bucket=1h` },
  functionStats: { operation: '/functions/stats', path: `/functions/stats?from=${from}&to=${to}&timeZone=UTC` },
  eventStats: { operation: '/events/stats', path: `/events/stats?from=${from}&to=${to}&name=order-placed` },
  failures: { operation: '/failures', path: `/failures?from=${from}&to=${to}&kind=job&name=capture-payment&sort=name` },
  dependencies: {
    operation: '/dependencies',
    path: `/dependencies?from=${from}&to=${to}&around=capture-payment&compareTo=previous&limit=1`,
  },
  trees: { operation: '/trees', path: `/trees?window=99999w&status=failed&limit=1` },
  tree: { operation: '/trees/{id}', path: `/trees/${child}?include=events` },
  whole: { operation: '/trees/{id}', path: `/trees/${child}?from=root&include=events` },
  flat: { operation: '/trees/{id}', path: `/trees/${child}?from=root&include=events&shape=flat` },
  flatCut: { operation: '/trees/{id}', path: `/trees/${root}?maxDepth=0&shape=flat` },
  flatNarrow: { operation: '/trees/{id}', path: `/trees/${root}?maxNodes=2&shape=flat` },
  flatCircular: { operation: '/trees/{id}', path: `/trees/${circular}?shape=flat` },
  failedOnly: { operation: '/trees/{id}', path: `/trees/${root}?only=failed&shape=flat` },
  cut: { operation: '/trees/{id}', path: `/trees/${root}?maxDepth=0` },
  narrow: { operation: '/trees/{id}', path: `/trees/${root}?maxNodes=2` },
  circular: { operation: '/trees/{id}', path: `/trees/${circular}` },
  busy: { operation: '/trees/{id}', path: `/trees/${busy}` },
  criticalPath: { operation: '/trees/{id}/critical-path', path: `/trees/${busy}/critical-path` },
  treeFailures: { operation: '/trees/{id}/failures', path: `/trees/${busy}/failures` },
  wrong: { operation: '/invocations', path: '/invocations?limit=0' },
  unknown: { operation: '/trees/{id}', path: `/trees/${nobody}` },
})

/** The operation of each request, by its name. */
export const operationOf = (told: Told, name: string): string => requests(told)[name]?.operation ?? ''

/** The service at a port of its own, on rows that fill every field of its answers. */
export async function runningService(t: TestContext): Promise<Running> {
  const { pool, listen } = await service(t, {
    anonymousScopes: ['read', 'read:payload'],
    redactions: redactionsOf('context.key,options.key,errorStack.key,payload.event.data.new.key').redactions,
  })
  const rows = await fill(pool)
  const told: Told = {
    base: await listen(),
    ...rows,
    nobody: '018f3c5e-0000-7000-8000-000000000000',
    from: '2026-11-22T09:00:00.000001Z',
    to: '2026-11-22T10:00:00.999999Z',
  }
  const raw: Record<string, unknown> = {}
  for (const [name, { path }] of Object.entries(requests(told)))
    raw[name] = await (await fetch(told.base + path)).json()
  return { told, raw, document: await (await fetch(`${told.base}/openapi.json`)).text() }
}

async function fill(pool: pg.Pool) {
  const full = {
    created_at: AT,
    correlation_id: 'order-1041',
    source_table: 'public.orders',
    source_operation: 'INSERT',
    source_system: 'shop',
    source_event_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    source_event_time: '2026-11-22T09:48:02Z',
    events_detected_count: 1,
    total_jobs_run: 2,
    total_jobs_succeeded: 1,
    total_jobs_failed: 1,
    source_user_email: 'ann@example.com',
    error_message: 'It failed',
    error_stack: 'Error: It failed',
    context_data: '{"a":[1,{"b":null}],"key":"x"}',
    source_event_payload:
      '{"event":{"data":{"new":{"id":7,"key":"x"}}},"__sourceJobId":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}',
    status: 'failed',
    total_duration_ms: 20_000_001,
  }
  const root = await addInvocation(pool, full)
  const event = await addEvent(pool, root, {
    created_at: AT,
    correlation_id: 'order-1041',
    status: 'handler_failed',
    detection_duration_ms: 4,
    handler_duration_ms: 20_000_003,
    handler_error: 'It crashed',
    handler_error_stack: JSON.stringify({ key: 'x', stack: 'x'.repeat(70_000) }),
    jobs_count: 3,
    jobs_succeeded: 1,
    jobs_failed: 1,
  })
  await addEvent(pool, root, {
    created_at: AT,
    status: 'handler_failed',
    handler_error: 'It crashed',
    handler_error_stack: 'Error: It crashed',
  })
  const job = await addJob(pool, root, {
    created_at: '2026-11-22T09:48:02.5Z',
    event_execution_id: event,
    job_function_name: 'capture',
    correlation_id: 'order-1041',
    status: 'failed',
    duration_ms: 20_000_005,
    job_options: '{"retries":3,"key":"x"}',
    result: '{"ok":false}',
    error_message: 'Declined',
    error_stack: 'Error: Declined',
  })
  await addJob(pool, root, { created_at: AT, event_execution_id: event, result: JSON.stringify('x'.repeat(70_000)) })
  const child = await addInvocation(pool, { ...full, created_at: '2026-11-22T09:48:03Z', source_job_id: job })
  await addJob(pool, child, {
    created_at: '2026-11-22T09:48:03.1Z',
    event_execution_id: await addEvent(pool, child, {
      status: 'handler_failed',
      detection_duration_ms: 4,
      handler_duration_ms: 5,
      handler_error: 'It crashed',
    }),
  })
  await addInvocation(pool, { created_at: '2026-11-22T09:48:04Z', source_job_id: job })
  const circular = await addInvocation(pool)
  await pool.query('update invocations set source_job_id = $1 where id = $2', [await addJob(pool, circular), circular])
  // An hour before, the same job led to more of the same function; and most invocations name a job in their payload alone.
  const before = await addJob(pool, await addInvocation(pool, { created_at: '2026-11-22T08:30:00Z' }), {
    created_at: '2026-11-22T08:30:00Z',
  })
  await pool.query(
    "insert into invocations (created_at, source_function, source_event_payload, source_job_id) select '2026-11-22T08:30:01Z', 'on-order-created', '{}', $1 from generate_series(1, 30)",
    [before],
  )
  await pool.query(
    "insert into invocations (created_at, source_function, source_event_payload, status, total_duration_ms) select '2026-11-22T08:30:01Z', 'imported', $1, 'completed', 5 from generate_series(1, 60)",
    [full.source_event_payload],
  )
  for (let n = 0; n < 2; n += 1) await addKeptLink(pool, await addInvocation(pool))
  // Not of now: a job that it names would be pending for a minute, and severed then.
  // It says that it runs, and has been silent since.
  await addJob(pool, await addInvocation(pool, { created_at: '2026-11-22T08:20:00Z' }), {
    created_at: '2026-11-22T08:20:00Z',
    status: 'running',
    duration_ms: null,
  })
  const busy = await addInvocation(pool, {
    created_at: '2026-11-22T07:00:00Z',
    source_event_payload: full.source_event_payload,
  })
  const many = await addEvent(pool, busy)
  await pool.query(
    "insert into job_executions (invocation_id, event_execution_id, job_name, status, created_at) select $1, $2, 'one of many', 'completed', '2026-11-22T07:00:01Z' from generate_series(1, 1001)",
    [busy, many],
  )
  await failBelow(pool, busy)
  const odd = await addInvocation(pool, { created_at: '2026-11-22T09:20:00Z', source_function: 'imported' })
  await addJob(pool, odd, { created_at: '2026-11-22T09:20:00.01Z', job_name: 'one of many', status: 'failed' })
  return { root, child, job, event, circular, busy, odd }
}

/** A cascade below an invocation of 07:00: a failed job, what it triggered (on a host whose clock is behind, with a hidden crash and a forgotten job), and what that triggered after a wait. */
async function failBelow(pool: pg.Pool, of: string): Promise<void> {
  await addJob(pool, of, { created_at: '2026-11-22T07:00:00.01Z' })
  const declined = await addJob(pool, of, {
    created_at: '2026-11-22T07:00:00.02Z',
    status: 'failed',
    error_message: 'Declined',
  })
  const second = await addInvocation(pool, { created_at: '2026-11-22T07:00:00.015Z', source_job_id: declined })
  await addEvent(pool, second, { status: 'handler_failed', handler_error: 'It crashed' })
  await addJob(pool, second, { created_at: '2026-11-22T07:00:00.02Z', status: 'running', duration_ms: null })
  await addInvocation(pool, {
    created_at: '2026-11-22T07:00:09Z',
    source_event_time: '2026-11-22T07:00:00.04Z',
    source_job_id: await addJob(pool, second, { created_at: '2026-11-22T07:00:00.03Z' }),
  })
}
