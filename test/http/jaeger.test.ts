import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { forest, insertForest } from '../support/forest.ts'
import { parsePage, valueOf } from '../support/prometheus.ts'
import { generous, service, type Settings } from '../support/service.ts'
import {
  assertContract,
  assertDrawable,
  tagOfSpan,
  type Envelope,
  type JaegerSpan,
  type JaegerTrace,
  type schemas,
} from '../support/jaeger.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const micros = (iso: string): number => Date.parse(iso) * 1000
const window = `start=${(at - 60_000) * 1000}&end=${(at + 3_600_000) * 1000}`
const windowV3 = `query.startTimeMin=${new Date(at - 60_000).toISOString()}&query.startTimeMax=${new Date(at + 3_600_000).toISOString()}`

/** The service, and how to ask it as a viewer does: the answer has the form that its contract says. */
async function viewer(t: TestContext, settings: Partial<Settings> = {}) {
  const { app, pool } = await service(t, settings)
  const ask = async <T>(path: string, form: keyof typeof schemas, status = 200, headers = {}): Promise<T> => {
    const { statusCode, headers: sent, body } = await app.inject({ url: `/jaeger${path}`, headers })
    assert.equal(
      `${statusCode} ${String(sent['content-type'])}`,
      `${status} application/json; charset=utf-8`,
      `${path}: ${body.slice(0, 300)}`,
    )
    return assertContract<T>(form, body)
  }
  const search = async (query: string): Promise<JaegerTrace[]> =>
    (await ask<Envelope<JaegerTrace>>(`/api/traces?${query}`, 'traces')).data
  return { app, pool, ask, search }
}

/** A shop: an order whose payment crashes in what it triggers, and a greeting of its own. */
async function shop(pool: Parameters<typeof addInvocation>[0]) {
  const time = (ms: number): string => new Date(at + ms).toISOString()
  const root = await addInvocation(pool, {
    created_at: time(0),
    source_function: 'on-order-created',
    source_table: 'public.orders',
    source_operation: 'INSERT',
    source_event_time: time(-5),
    correlation_id: 'order-1',
    total_duration_ms: 900,
    updated_at: time(900),
  })
  const event = await addEvent(pool, root, {
    created_at: time(10),
    event_name: 'order-placed',
    detection_duration_ms: 4,
    handler_duration_ms: 700,
  })
  await addEvent(pool, root, { created_at: time(10), detected: false, status: 'not_detected' })
  const job = await addJob(pool, root, {
    created_at: time(20),
    event_execution_id: event,
    job_name: 'capture-payment',
    job_function_name: 'capture',
    duration_ms: 600,
  })
  const child = await addInvocation(pool, {
    created_at: time(300),
    source_function: 'on-payment-created',
    source_job_id: job,
    total_duration_ms: 200,
    updated_at: time(500),
  })
  const crash = await addEvent(pool, child, {
    created_at: time(320),
    event_name: 'payment-made',
    status: 'handler_failed',
    handler_error: 'Handler crashed: TypeError: x is not a function',
    handler_error_stack: 'TypeError: x is not a function\n    at pay (/srv/pay.js:3:1)',
  })
  const greeting = await addInvocation(pool, {
    created_at: time(1000),
    source_function: 'on-greeting',
    total_duration_ms: 5,
    updated_at: time(1005),
  })
  return { root, event, job, child, crash, greeting }
}

const named = (spans: readonly JaegerSpan[]): string[] => spans.map(({ operationName }) => operationName)

test('a trace holds the invocations, detected events and jobs of a tree, each below what led to it, with exact times', async (t) => {
  const { ask, pool } = await viewer(t)
  const ids = await shop(pool)
  const { data } = await ask<Envelope<JaegerTrace>>(`/api/traces/${ids.root}`, 'traces')
  const [trace] = data
  assert.ok(trace)
  assertDrawable(trace)
  assert.equal(trace.traceID, ids.root.replaceAll('-', ''))
  assert.deepEqual(named(trace.spans), [
    'on-order-created public.orders.INSERT',
    'order-placed',
    'capture-payment',
    'on-payment-created',
    'payment-made',
  ])
  const [root, event, job, child, crash] = trace.spans as [JaegerSpan, JaegerSpan, JaegerSpan, JaegerSpan, JaegerSpan]
  for (const [below, above] of [
    [event, root],
    [job, event],
    [child, job],
    [crash, child],
  ] as const)
    assert.equal(below.references[0]?.spanID, above.spanID)
  const start = micros('2026-11-22T09:00:00Z')
  assert.deepEqual(
    trace.spans.map(({ startTime, duration }) => [startTime - start, duration]),
    [
      [0, 900_000],
      [6000, 704_000],
      [20_000, 600_000],
      [300_000, 200_000],
      [320_000, 0],
    ],
  )
  assert.deepEqual(
    Object.values(trace.processes).map(({ serviceName }) => serviceName),
    ['on-order-created', 'on-payment-created'],
  )
  for (const [span, tags] of [
    [
      root,
      {
        'span.kind': 'server',
        'faas.name': 'on-order-created',
        'faas.document.collection': 'public.orders',
        'faas.document.operation': 'insert',
        'invocation.id': ids.root,
        correlation_id: 'order-1',
        'invocation.undetected_events': 1,
        error: undefined,
      },
    ],
    [
      job,
      { 'span.kind': 'internal', 'job.id': ids.job, 'job.name': 'capture-payment', 'code.function.name': 'capture' },
    ],
    [child, { error: true, 'error.type': 'crash', 'invocation.crashed_event': 'payment-made' }],
    [crash, { error: true, 'event_execution.id': ids.crash }],
  ] as const)
    for (const [name, value] of Object.entries(tags))
      assert.equal(tagOfSpan(span, name), value, `${span.operationName} ${name}`)
  assert.deepEqual(
    crash.logs.map(({ fields }) => Object.fromEntries(fields.map(({ key, value }) => [key, value]))),
    [
      {
        event: 'exception',
        'exception.type': 'TypeError',
        'exception.message': 'Handler crashed: TypeError: x is not a function',
      },
    ],
  )
})

test('any id of a tree, in every spelling that viewers send, finds the trace of its root; an unknown one is 404', async (t) => {
  const { ask, pool } = await viewer(t)
  const ids = await shop(pool)
  const dashless = ids.root.replaceAll('-', '')
  // Grafana sends milliseconds, where Jaeger documents microseconds.
  for (const id of [ids.root, ids.child, ids.job, dashless, dashless.toUpperCase(), ids.job.replaceAll('-', '')]) {
    const { data } = await ask<Envelope<JaegerTrace>>(`/api/traces/${id}?start=1&end=${at}`, 'traces')
    assert.deepEqual(
      data.map(({ traceID }) => traceID),
      [dashless],
    )
    const { result } = await ask<{ result: { resourceSpans: unknown[] } }>(`/api/v3/traces/${id}`, 'traceV3')
    assert.equal(result.resourceSpans.length, 2)
  }
  const zeros = await addInvocation(pool, { id: '00000000-0000-4000-8000-000000000001' })
  await ask(`/api/traces/${zeros.replaceAll('-', '').replace(/^0+/, '')}`, 'traces')
  await ask('/api/traces/018f3c5e00007000800000000000abcd', 'error', 404)
  await ask('/api/v3/traces/018f3c5e00007000800000000000abcd', 'errorV3', 404)
  const { errors } = await ask<{ errors: Array<{ msg: string }> }>('/api/traces/what', 'error', 400)
  assert.match(errors[0]?.msg ?? '', /1 to 32 hexadecimal digits/)
})

test('a search finds traces by service, operation, tags and durations, as Grafana and the Jaeger UI ask', async (t) => {
  const { search, ask, pool } = await viewer(t)
  const ids = await shop(pool)
  const order = ids.root.replaceAll('-', '')
  const greeting = ids.greeting.replaceAll('-', '')
  const tags = (value: object): string => `tags=${encodeURIComponent(JSON.stringify(value))}`
  for (const [query, found] of [
    ['', [greeting, order]],
    ['service=on-order-created', [order]],
    // What viewers send for what was not filled in.
    ['service=on-greeting&operation=&minDuration&maxDuration&tags=&lookback=1h&limit=20', [greeting]],
    ['service=on-payment-created', [order]],
    ['service=on-order-created&operation=capture-payment', [order]],
    ['service=on-payment-created&operation=capture-payment', []],
    ['service=on-order-created&operation=order-placed', [order]],
    [`operation=${encodeURIComponent('on-order-created public.orders.INSERT')}`, [order]],
    [tags({ error: 'true' }), [order]],
    [tags({ error: 'false' }), [greeting]],
    ['tag=error:true', [order]],
    [tags({ correlation_id: 'order-1' }), [order]],
    [tags({ 'job.name': 'capture-payment' }), [order]],
    [tags({ 'job.name': 'capture-payment', error: 'true' }), []],
    [tags({ 'job.id': ids.job }), [order]],
    [tags({ 'event_execution.id': ids.event }), [order]],
    ['minDuration=800ms', [order]],
    ['maxDuration=0.1s', [greeting]],
    ['minDuration=1h&maxDuration=1us', []],
    ['limit=1', [greeting]],
    [`traceID=${order}&traceID=018f3c5e00007000800000000000abcd`, [order]],
    ['service=nobody', []],
  ] as const) {
    const traces = await search(`${window}&${query}`)
    assert.deepEqual(
      traces.map(({ traceID }) => traceID),
      found,
      query,
    )
    for (const trace of traces) assertDrawable(trace)
  }
  assert.deepEqual(await search('service=on-greeting'), [], 'without a window it is the last two days')
  for (const [query, said] of [
    ['limit=0', /limit: 0 was given; allowed: a whole number from 1 to 1500/],
    ['minDuration=fast', /minDuration: .* was given; allowed: a duration such as/],
    ['tags=error', /tags: .* was given; allowed: a JSON object of texts/],
    [tags({ color: 'red' }), /tags: .* was given; allowed: one of error, correlation_id, job\.name/],
    [tags({ error: 'maybe' }), /true or false/],
    ['start=soon', /start: .* was given; allowed: microseconds since 1970/],
    ['traceID=x', /traceID: .* was given; allowed: /],
  ] as const) {
    const { errors } = await ask<{ errors: Array<{ msg: string }> }>(`/api/traces?${query}`, 'error', 400)
    assert.match(errors[0]?.msg ?? '', said)
  }
})

test('version 3 lists what a search found, with counts of the same spans', async (t) => {
  const { ask, pool } = await viewer(t)
  const ids = await shop(pool)
  interface Summaries {
    summaries: Array<Record<string, unknown>>
  }
  const { summaries } = await ask<Summaries>(
    `/api/v3/trace-summaries?${windowV3}&query.serviceName=on-payment-created`,
    'summariesV3',
  )
  const nanos = (ms: number): string => String(BigInt(at + ms) * 1_000_000n)
  assert.deepEqual(summaries, [
    {
      traceId: ids.root.replaceAll('-', ''),
      rootServiceName: 'on-order-created',
      rootOperationName: 'on-order-created public.orders.INSERT',
      minStartTimeUnixNano: nanos(0),
      maxEndTimeUnixNano: nanos(900),
      spanCount: 5,
      errorSpanCount: 2,
      orphanSpanCount: 0,
      services: [
        { name: 'on-order-created', spanCount: 3, errorSpanCount: 0 },
        { name: 'on-payment-created', spanCount: 2, errorSpanCount: 2 },
      ],
    },
  ])
  const snake = `query.start_time_min=${new Date(at).toISOString()}&query.start_time_max=${new Date(at + 60_000).toISOString()}`
  for (const [query, found] of [
    [`${snake}&query.service_name=on-greeting&query.search_depth=5`, 1],
    [`${windowV3}&query.attributes=${encodeURIComponent('{"error":"true"}')}`, 1],
    [`${windowV3}&query.durationMin=0.8s&query.durationMax=1m`, 1],
    [`${windowV3}&query.operationName=nothing`, 0],
  ] as const)
    assert.equal(
      (await ask<Summaries>(`/api/v3/trace-summaries?${query}`, 'summariesV3')).summaries.length,
      found,
      query,
    )
  const { error } = await ask<{ error: { message: string } }>('/api/v3/trace-summaries', 'errorV3', 400)
  assert.match(error.message, /query\.startTimeMin/)
})

test('services, operations and dependencies are those of the rows; none yet is an empty list', async (t) => {
  const { ask, pool } = await viewer(t)
  assert.deepEqual((await ask<Envelope<string>>('/api/services', 'names')).data, [])
  assert.deepEqual(await ask('/api/v3/services', 'servicesV3'), { services: [] })
  await shop(pool)
  const services = ['on-greeting', 'on-order-created', 'on-payment-created']
  assert.deepEqual((await ask<Envelope<string>>('/api/services', 'names')).data, services)
  assert.deepEqual(await ask('/api/v3/services', 'servicesV3'), { services })
  const operations = [
    { name: 'capture-payment', spanKind: 'internal' },
    { name: 'on-order-created public.orders.INSERT', spanKind: 'server' },
    { name: 'order-placed', spanKind: 'internal' },
  ]
  assert.deepEqual(
    (await ask<Envelope<string>>('/api/services/on-order-created/operations', 'names')).data,
    operations.map(({ name }) => name),
  )
  assert.deepEqual(
    (await ask<Envelope<object>>('/api/operations?service=on-order-created', 'operations')).data,
    operations,
  )
  assert.deepEqual(await ask('/api/v3/operations?service=on-order-created&spanKind=server', 'operationsV3'), {
    operations: operations.slice(1, 2),
  })
  assert.deepEqual((await ask<Envelope<string>>('/api/services/a%2Fb/operations', 'names')).data, [])
  await ask('/api/operations', 'error', 400)
  const calls = (await ask<Envelope<object>>(`/api/dependencies?endTs=${at + 60_000}&lookback=3600000`, 'calls')).data
  assert.deepEqual(calls, [{ parent: 'on-order-created', child: 'on-payment-created', callCount: 1 }])
  assert.deepEqual((await ask<Envelope<object>>('/api/dependencies', 'calls')).data, [])
})

test('every tree of a forest, its cycles too, is a trace that viewers can draw, and its spans are its rows', async (t) => {
  const { search, ask, pool } = await viewer(t)
  const rows = forest(1, 120, at)
  await insertForest(pool, rows)
  const traces = await search(`${window}&limit=1500`)
  for (const trace of traces) assertDrawable(trace)
  const shown = traces.flatMap(({ spans }) =>
    spans.flatMap((span) => tagOfSpan(span, 'job.id') ?? tagOfSpan(span, 'invocation.id') ?? []),
  )
  const expected = [...rows.invocations, ...rows.jobs].map(({ id }) => id)
  assert.deepEqual(shown.map(String).toSorted(), expected.toSorted())
  const { summaries } = await ask<{ summaries: Array<{ traceId: string; spanCount: number }> }>(
    `/api/v3/trace-summaries?${windowV3}&query.searchDepth=1500`,
    'summariesV3',
  )
  assert.deepEqual(
    summaries.map(({ traceId, spanCount }) => [traceId, spanCount]),
    traces.map(({ traceID, spans }) => [traceID, spans.length]),
  )
  for (const trace of traces.filter((_, nth) => nth % 4 === 0)) {
    const { data } = await ask<Envelope<JaegerTrace>>(`/api/traces/${trace.traceID}`, 'traces')
    assert.deepEqual(timeless(data), timeless([trace]), 'a search shows the same trace as its id')
  }
  const ids = [...rows.jobs, ...rows.invocations].slice(-30).map(({ id }) => id)
  const named = await search(ids.map((id) => `traceID=${id}`).join('&'))
  const wanted = new Set(named.map(({ traceID }) => traceID))
  assert.equal(wanted.size, named.length, 'each trace once')
  assert.deepEqual(
    timeless(named.toSorted(byId)),
    timeless(traces.filter(({ traceID }) => wanted.has(traceID)).toSorted(byId)),
  )
})

const byId = (a: JaegerTrace, b: JaegerTrace): number => (a.traceID < b.traceID ? -1 : 1)

/** What runs is drawn up to the moment at which it was read. */
function timeless(traces: readonly JaegerTrace[]): unknown {
  return traces.map(({ spans, ...trace }) => ({
    ...trace,
    spans: spans.map(({ duration, warnings, ...span }) =>
      warnings?.some((each) => each.startsWith('It was still running')) ? span : { ...span, duration, warnings },
    ),
  }))
}

test('a search of 20 traces takes as many statements as a search of one, also by their ids', async (t) => {
  const { app, search, pool } = await viewer(t, { anonymousScopes: ['read', 'metrics'] })
  const roots: string[] = []
  for (let n = 0; n < 20; n += 1) {
    const root = await addInvocation(pool, { created_at: new Date(at + n).toISOString() })
    const job = await addJob(pool, root)
    await addInvocation(pool, { created_at: new Date(at + n).toISOString(), source_job_id: job })
    roots.push(root)
  }
  const statements = async (): Promise<number> => {
    const { body } = await app.inject('/metrics')
    return valueOf(parsePage(body), 'event_detector_statement_duration_seconds_count', { outcome: 'answered' }) ?? 0
  }
  const costOf = async (query: string, traces: number): Promise<number> => {
    const before = await statements()
    assert.equal((await search(query)).length, traces)
    return (await statements()) - before
  }
  await search(`${window}&limit=1`)
  assert.equal(await costOf(`${window}&limit=20`, 20), await costOf(`${window}&limit=1`, 1))
  assert.equal(await costOf(roots.map((id) => `traceID=${id}`).join('&'), 20), await costOf(`traceID=${roots[0]}`, 1))
})

test('running, stale and endless work is marked, and no time is one that viewers cannot hold', async (t) => {
  const { ask, pool } = await viewer(t)
  const running = { status: 'running', total_duration_ms: null }
  for (const [given, said, state] of [
    [running, /^It was still running at .*, and is drawn up to then\.$/, 'running'],
    [{ ...running, created_at: '2026-01-01T00:00:00Z' }, /^It is stale/, 'stale'],
    [{ total_duration_ms: null }, /^No duration is recorded/, undefined],
    [{ created_at: 'infinity', updated_at: 'infinity' }, /^It began at infinity, which cannot be drawn/, undefined],
    [{ created_at: '-infinity' }, /^It began at -infinity/, undefined],
    [{ created_at: '58875-01-01T00:00:00Z' }, /^It began at \+058875/, undefined],
    [{ total_duration_ms: -5 }, /lies before its start; it is drawn as a moment\.$/, undefined],
  ] as const) {
    const id = await addInvocation(pool, given)
    const { data } = await ask<Envelope<JaegerTrace>>(`/api/traces/${id}`, 'traces')
    const [span] = data[0]?.spans ?? []
    assert.ok(span)
    assert.match(span.warnings?.[0] ?? 'no warning', said)
    assert.equal(tagOfSpan(span, 'invocation.state'), state)
    assert.equal(span.duration > 0, state === 'running')
    await ask(`/api/v3/traces/${id}`, 'traceV3')
  }
})

test('stacks are for those who may see payloads, and nothing else personal is in a trace', async (t) => {
  const {
    keys,
    shown: [reader = '', trusted = '', other = ''],
  } = apiKeys(
    { name: 'reader', scopes: ['read'] },
    { name: 'trusted', scopes: ['read', 'read:payload'] },
    { name: 'other', scopes: ['metrics'] },
  )
  const { ask, app, pool } = await viewer(t, { credentials: { keys, keysFile: undefined, tokens: undefined } })
  const ids = await shop(pool)
  await pool.query(
    `update invocations set source_event_payload = '{"secret":"s3cret"}', context_data = '{"secret":"s3cret"}', source_user_email = 's3cret@example.com'`,
  )
  for (const path of [`/api/traces/${ids.root}`, `/api/v3/traces/${ids.root}`, `/api/traces?${window}`]) {
    const [plain, whole] = await Promise.all(
      [reader, trusted].map(async (key) => await app.inject({ url: `/jaeger${path}`, headers: bearer(key) })),
    )
    assert.doesNotMatch(plain?.body ?? '', /s3cret|pay\.js/)
    assert.doesNotMatch(whole?.body ?? '', /s3cret/)
    const holdsStack = /at pay \(\/srv\/pay\.js:3:1\)/.test(whole?.body ?? '')
    assert.equal(holdsStack, !path.includes('?'), path)
    assert.equal(whole?.headers['cache-control'], holdsStack ? 'private, no-store' : 'private, no-cache')
  }
  for (const [path, form] of [
    ['/api/services', 'error'],
    ['/api/nowhere', 'error'],
    ['/api/v3/services', 'errorV3'],
    ['/api/v3/nowhere', 'errorV3'],
  ] as const) {
    await ask(path, form, 401)
    await ask(path, form, 403, bearer(other))
    if (path.endsWith('nowhere')) await ask(path, form, 404, bearer(reader))
  }
})

test('whatever fails is told in the form of the version: too many requests, no room, no database', async (t) => {
  const { ask } = await viewer(t, { limits: { ...generous, rate: 2 } })
  await ask('/api/services', 'names')
  await ask('/api/v3/services', 'servicesV3')
  await ask('/api/services', 'error', 429)
  await ask('/api/v3/services', 'errorV3', 429)
  const full = await viewer(t, { limits: { ...generous, heavy: 0, wait: 0 } })
  for (let round = 0; round < 2; round += 1) {
    await full.ask('/api/services', 'error', 503)
    await full.ask('/api/v3/services', 'errorV3', 503)
  }
  const starting = await viewer(t, {
    stage: { name: 'starting', detail: 'migrations run' } as unknown as Settings['stage'],
  })
  await starting.ask('/api/services', 'error', 503)
  const post = await full.app.inject({ method: 'POST', url: '/jaeger/api/traces' })
  assert.equal(post.statusCode, 405)
  assertContract('error', post.body)
})
