import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { pino } from 'pino'
import type { Reader, Snapshot } from '../../src/db/db.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { redactionsOf } from '../../src/domain/privacy/redaction.ts'
import { createLog } from '../../src/log.ts'
import { database } from '../support/database.ts'
import { documentation, endpoints, filled, samples, type ExampleIds } from '../support/endpoints.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service, type Settings } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'

const SECRET = 'pl4nted-s3cret'
const may: Partial<Settings> = { anonymousScopes: ['read', 'read:payload'] }
const everything = 'email,payload,context,events,jobs,options,results,stacks'

/** A secret in every personal column of an invocation, its event and its job, each with a name of its own. */
async function planted(pool: pg.Pool): Promise<ExampleIds & { id: string }> {
  const json = (name: string): string => JSON.stringify({ deep: [{ [`${SECRET}-${name}-key`]: `${SECRET}-${name}` }] })
  const parent = await addJob(pool, await addInvocation(pool))
  const id = await addInvocation(pool, {
    status: 'failed',
    source_job_id: parent,
    correlation_id: 'example',
    source_event_payload: json('payload'),
    context_data: json('context'),
    source_user_email: `${SECRET}-email@example.com`,
    error_message: 'plain',
    error_stack: `${SECRET}-stack`,
  })
  const event = await addEvent(pool, id, {
    status: 'handler_failed',
    handler_error: 'plain',
    handler_error_stack: JSON.stringify({ _raw_string: `${SECRET}-handler` }),
  })
  await addEvent(pool, id, {
    status: 'detection_failed',
    detection_error: 'plain',
    detection_error_stack: `${SECRET}-detection`,
  })
  const job = await addJob(pool, id, {
    status: 'failed',
    event_execution_id: event,
    job_options: json('options'),
    result: json('result'),
    error_message: 'plain',
    error_stack: `${SECRET}-jobstack`,
  })
  const child = await addInvocation(pool, { source_job_id: job, source_event_payload: json('below') })
  // Of the record that the samples ask for.
  await addInvocation(pool, {
    source_table: 'public.orders',
    source_event_payload: JSON.stringify({ event: { data: { new: { id, [SECRET]: `${SECRET}-record` } } } }),
  })
  return { id, root: id, event, job, child, other: await addJob(pool, child, { job_options: json('other') }) }
}

/** What each name of `include` gives of the secrets, by operation and, in the operation, by name. */
const secretsOf: Record<string, Record<string, string[]>> = {
  getInvocation: {
    email: ['email'],
    payload: ['payload'],
    context: ['context'],
    events: [],
    jobs: [],
    options: ['options'],
    results: ['result'],
    stacks: ['detection', 'handler', 'jobstack', 'stack'],
  },
  getJob: { options: ['options'], result: ['result'], stack: ['jobstack'] },
  getEvent: { stack: ['handler'] },
  getRecord: { changes: ['record'] },
  getTree: { events: [] },
  listTreeNodes: { events: [] },
}

test('of every operation all names of include are known here, with the secrets that they give', () => {
  const documented = endpoints.flatMap(({ id, parameters }) =>
    parameters.filter(({ name }) => name === 'include').map(({ schema }) => [id, schema.items?.enum?.toSorted()]),
  )
  assert.deepEqual(
    Object.fromEntries(documented),
    Object.fromEntries(Object.entries(secretsOf).map(([id, names]) => [id, Object.keys(names).toSorted()])),
  )
})

/** Every endpoint, in each of its forms. */
const asked = [...samples.map(({ path }) => path), ...documentation]

/** The operation and its path for each that gives secrets, with the names of `include` that do. */
const secretive = endpoints.flatMap(({ id, path }) => {
  const names = Object.entries(secretsOf[id] ?? {})
    .filter(([, secrets]) => secrets.length > 0)
    .map(([name]) => name)
  const sample = samples.find(({ endpoint }) => endpoint.id === id)
  return names.length === 0 ? [] : [{ path: sample?.path ?? path, names, secrets: secretsOf[id] ?? {} }]
})

/** Asking for what the scope read:payload is needed for, or for nonsense that names it. */
const refused = [
  ...secretive.flatMap(({ path, names }) =>
    [...names, names.join(','), `${names[0]},events`].map((include) => `${path}?include=${include}`),
  ),
  ...endpoints.map(({ path }) => `${path.replace('{id}', '{root}')}?include=payload`),
  '/jobs/{job}?include=payload',
]

test('without the scope no secret of any personal column is in an answer, a header, a refusal or the log', async (t) => {
  const lines: string[] = []
  const { app, pool } = await service(t, { log: createLog('trace', false, { write: (line) => lines.push(line) }) })
  const ids = await planted(pool)
  assert.ok(asked.length > 20 && refused.length > 20)
  for (const path of [...asked, ...refused]) {
    const { statusCode, headers, body } = await app.inject(filled(path, ids))
    assert.equal(statusCode < 400, asked.includes(path), `${path}: ${statusCode} ${body.slice(0, 300)}`)
    assert.doesNotMatch(body + JSON.stringify(headers), new RegExp(SECRET), path)
  }
  assert.ok(lines.length >= asked.length + refused.length)
  assert.doesNotMatch(lines.join(''), new RegExp(SECRET))
})

test('with the scope what was asked for is there, once each, and still nowhere else: not in lists, trees or the log', async (t) => {
  const lines: string[] = []
  const { app, pool } = await service(t, {
    ...may,
    log: createLog('trace', false, { write: (line) => lines.push(line) }),
  })
  const ids = await planted(pool)
  for (const path of asked) assert.doesNotMatch((await app.inject(filled(path, ids))).body, new RegExp(SECRET), path)
  const found = async (path: string): Promise<string[]> =>
    [...(await app.inject(filled(path, ids))).body.matchAll(new RegExp(`${SECRET}-(\\w+)(?!-key)\\b`, 'g'))]
      .map(([, name = '']) => name)
      .toSorted()
  for (const { path, secrets } of secretive) {
    for (const [name, expected] of Object.entries(secrets))
      assert.deepEqual([...new Set(await found(`${path}?include=${name}`))], expected, `${path}?include=${name}`)
    assert.deepEqual(
      [...new Set(await found(`${path}?include=${Object.keys(secrets).join(',')}`))],
      Object.values(secrets).flat().toSorted(),
      path,
    )
  }
  assert.deepEqual([...new Set(await found('/invocations/{root}?include=email&include=context'))], ['context', 'email'])
  assert.doesNotMatch(lines.join(''), new RegExp(SECRET))
})

interface Detail extends Record<string, unknown> {
  redacted: string[]
  events: { data: Array<Record<string, unknown>> }
  jobs: { data: Array<Record<string, unknown>> }
}

const invocationFields = ['sourceUserEmail', 'payload', 'context', 'options', 'result', 'errorStack']
const jobFields = ['options', 'result', 'errorStack']

test('what is held back has no key at all, and is named', async (t) => {
  const { get, pool } = await service(t)
  const { id, job } = await planted(pool)
  for (const [path, fields] of [
    [`/invocations/${id}`, invocationFields],
    [`/jobs/${job}`, jobFields],
  ] as const) {
    const { json } = await get<Detail>(path)
    assert.deepEqual(json.redacted, fields)
    const rows = [json, ...(json.jobs ? [...json.jobs.data, ...json.events.data] : [])]
    for (const row of rows)
      assert.deepEqual(
        Object.keys(row).filter((key) => fields.some((field) => field === key)),
        [],
        path,
      )
  }
})

test('with the scope the includes give what the rows hold, stacks unwrapped, and nothing is held back', async (t) => {
  const { get, pool } = await service(t, may)
  const { id, job } = await planted(pool)
  const { json } = await get<Detail>(`/invocations/${id}?include=${everything}`)
  const value = (name: string) => ({ deep: [{ [`${SECRET}-${name}-key`]: `${SECRET}-${name}` }] })
  assert.deepEqual(
    [json.redacted, json['payload'], json['context'], json['sourceUserEmail'], json['errorStack']],
    [[], value('payload'), value('context'), `${SECRET}-email@example.com`, `${SECRET}-stack`],
  )
  assert.deepEqual(
    json.jobs.data.map(({ options, result, errorStack }) => [options, result, errorStack]),
    [[value('options'), value('result'), `${SECRET}-jobstack`]],
  )
  assert.deepEqual(json.events.data.map(({ errorStack }) => String(errorStack)).toSorted(), [
    `${SECRET}-detection`,
    `${SECRET}-handler`,
  ])
  const { json: detail } = await get<Detail>(`/jobs/${job}?include=stack,result&include=options`)
  assert.deepEqual(
    [detail.redacted, detail['options'], detail['result'], detail['errorStack']],
    [[], value('options'), value('result'), `${SECRET}-jobstack`],
  )
  const bare = (await get<Detail>(`/invocations/${id}`)).json
  assert.deepEqual(
    [bare.redacted, Object.keys(bare).filter((key) => invocationFields.includes(key))],
    [[], []],
    'not asked for, not there',
  )
})

test('asking for personal data without the scope is 403, whether the row is there or not; a name that is none is 400 and says which there are', async (t) => {
  const { get, pool } = await service(t)
  const { id, job } = await planted(pool)
  for (const path of [
    `/invocations/${id}?include=payload`,
    `/invocations/${randomUUID()}?include=events,stacks`,
    `/jobs/${job}?include=result`,
  ]) {
    assert.match(
      assertProblem('forbidden', await get(path)).detail,
      /include=(payload|stacks|result) needs the scope read:payload/,
    )
  }
  const wrong: Array<[path: string, given: string, allowed: string]> = [
    [
      `/invocations/${id}?include=payload,stack`,
      'stack',
      'any of email, payload, context, events, jobs, options, results, stacks; repeated, or with commas between',
    ],
    [
      `/invocations/${id}?include=`,
      '',
      'any of email, payload, context, events, jobs, options, results, stacks; repeated, or with commas between',
    ],
    [
      `/jobs/${job}?include=options&include=payload`,
      'payload',
      'any of options, result, stack; repeated, or with commas between',
    ],
  ]
  for (const [path, given, allowed] of wrong)
    assert.deepEqual(
      assertProblem('invalid-request', await get(path)).errors,
      [{ parameter: 'include', given, allowed }],
      path,
    )
})

test('the paths of REDACT are masked in every part, even for those with the scope, and are named where they masked something', async (t) => {
  const text =
    'payload.event.data.new.ssn,context.headers.authorization,options.*.token,result,errorStack,payload.nothing.here'
  const { get, pool } = await service(t, { ...may, redactions: redactionsOf(text).redactions })
  const id = await addInvocation(pool, {
    source_event_payload: JSON.stringify({ event: { data: { new: { ssn: SECRET, id: 7 } } } }),
    context_data: JSON.stringify({ headers: { Authorization: SECRET, host: 'h' } }),
    error_stack: SECRET,
  })
  const job = await addJob(pool, id, {
    job_options: JSON.stringify([{ token: SECRET, n: 1 }]),
    result: JSON.stringify(SECRET),
  })
  const answer = await get<Detail>(`/invocations/${id}?include=${everything}`)
  assert.doesNotMatch(answer.text, new RegExp(SECRET))
  const { json } = answer
  assert.deepEqual(
    [json['payload'], json['context'], json['errorStack']],
    [
      { event: { data: { new: { ssn: '[redacted]', id: 7 } } } },
      { headers: { Authorization: '[redacted]', host: 'h' } },
      '[redacted]',
    ],
  )
  assert.deepEqual(
    json.jobs.data.map(({ options, result, errorStack }) => [options, result, errorStack]),
    [[[{ token: '[redacted]', n: 1 }], '[redacted]', null]],
  )
  assert.deepEqual(json.redacted, text.split(',').slice(0, 5))
  const { json: detail, text: body } = await get<Detail>(`/jobs/${job}?include=options,result,stack`)
  assert.doesNotMatch(body, new RegExp(SECRET))
  assert.deepEqual(detail.redacted, ['options.*.token', 'result'])
})

test('a 304 never crosses scopes, includes or what is masked', async (t) => {
  const open = await service(t, may)
  const { id, job } = await planted(open.pool)
  const tags = new Map<string, string>()
  const { app } = open
  for (const url of [
    `/invocations/${id}`,
    `/invocations/${id}?include=payload`,
    `/invocations/${id}?include=context`,
    `/invocations/${id}?include=context,payload`,
    `/jobs/${job}`,
    `/jobs/${job}?include=result`,
  ]) {
    const { headers } = await app.inject(url)
    assert.ok(![...tags.values()].includes(String(headers.etag)), url)
    tags.set(url, String(headers.etag))
    assert.equal((await app.inject({ url, headers: { 'if-none-match': String(headers.etag) } })).statusCode, 304, url)
  }
  assert.equal(
    (await app.inject(`/invocations/${id}?include=payload&include=context,payload`)).headers.etag,
    tags.get(`/invocations/${id}?include=context,payload`),
    'the order of the names is all one',
  )
  const db = databaseOf(t, open.url)
  const closed = await service(t, { db })
  const masking = await service(t, { ...may, db, redactions: redactionsOf('payload.deep').redactions })
  for (const [url, tag] of tags) {
    for (const each of [closed, masking]) {
      const { statusCode } = await each.app.inject({ url, headers: { 'if-none-match': tag } })
      assert.ok([200, 403].includes(statusCode), `${url}: ${statusCode}`)
    }
  }
})

test('a payload of 700 KB comes whole; what is larger than an answer takes is left out and named', async (t) => {
  const { get, pool } = await service(t, may)
  const large = (bytes: number): string => JSON.stringify({ rows: 'x'.repeat(bytes) })
  const id = await addInvocation(pool, { source_event_payload: large(700_000), context_data: large(9_000_000) })
  const job = await addJob(pool, id, { result: large(100_000), job_options: large(1000) })
  const { json } = await get<Detail>(`/invocations/${id}?include=payload,context,results,options`)
  assert.equal((json['payload'] as { rows: string }).rows.length, 700_000)
  assert.deepEqual([json['context'], json['omitted']], [undefined, ['context']])
  assert.deepEqual(
    json.jobs.data.map(({ result, omitted, options }) => [result, omitted, (options as { rows: string }).rows.length]),
    [[undefined, ['result'], 1000]],
  )
  assert.equal(
    ((await get<Detail>(`/jobs/${job}?include=result`)).json['result'] as { rows: string }).rows.length,
    100_000,
  )
})

test('payloads come digit by digit, and nested as deep as the database takes them', async (t) => {
  const { app, pool } = await service(t, may)
  const deep = `${'['.repeat(6000)}${']'.repeat(6000)}`
  const id = await addInvocation(pool, { source_event_payload: '{"id": 12345678901234567890}', context_data: deep })
  const { statusCode, body } = await app.inject(`/invocations/${id}?include=payload,context`)
  assert.equal(statusCode, 200)
  assert.ok(
    body.includes('"payload":{"id": 12345678901234567890}') && body.includes(`"context":${deep}`),
    body.slice(0, 1500),
  )
})

test('numbers come as Postgres writes them in every part, also beside what is masked and however deep', async (t) => {
  const { app, pool } = await service(t, {
    ...may,
    redactions: redactionsOf('payload.ssn,context.ssn,options.ssn,result.ssn').redactions,
  })
  const deep = `${'['.repeat(6000)}${']'.repeat(6000)}`
  const value = `{"ssn": "${SECRET}", "n": [1e400, -1e-30, 1.10, 12345678.123456789, 123456789012345678901234567890.10, 1.7976931348623157e309], "deep": ${deep}, "10": 0.0}`
  const id = await addInvocation(pool, { source_event_payload: value, context_data: value })
  const job = await addJob(pool, id, { job_options: value, result: value })
  const { rows } = await pool.query<{ text: string }>('select source_event_payload::text as text from invocations')
  const expected = String(rows[0]?.text).replace(SECRET, '[redacted]')
  assert.match(expected, /123456789012345678901234567890\.10.*1\.10|1\.10.*123456789012345678901234567890\.10/)
  const { body } = await app.inject(`/invocations/${id}?include=${everything}`)
  for (const field of ['payload', 'context', 'options', 'result'])
    assert.ok(body.includes(`"${field}":${expected}`), field)
  const detail = await app.inject(`/jobs/${job}?include=options,result`)
  for (const field of ['options', 'result']) assert.ok(detail.body.includes(`"${field}":${expected}`), field)
  assert.doesNotMatch(body + detail.body, new RegExp(SECRET))
})

/** One statement takes the id of a job from a payload and nothing else (links.test.ts plants secrets for it), one those of records (search.test.ts), and one asks whether it may. */
const readsMore = (statement: string): boolean => !/'__sourceJobId'|as records,|has_column_privilege/.test(statement)

test('personal columns are read where they are asked for, and for no 304', async (t) => {
  const statements: string[] = []
  const { url, pool } = await database(t)
  const { app } = await service(t, { ...may, db: watched(databaseOf(t, url), statements) })
  const ids = await planted(pool)
  const { id, job } = ids
  const personal = /source_event_payload|context_data|source_user_email|job_options|\bj\.result\b|error_stack/g
  const read = async (url: string, headers: Record<string, string> = {}) => {
    statements.length = 0
    const response = await app.inject({ url, headers })
    assert.ok(statements.length > 0, url)
    return {
      etag: String(response.headers.etag),
      columns: [...new Set(statements.filter(readsMore).join('').match(personal) ?? [])].toSorted(),
    }
  }
  for (const { path } of samples.filter(({ endpoint }) => !endpoint.open))
    assert.deepEqual((await read(filled(path, ids))).columns, [], path)
  const { etag, columns } = await read(`/invocations/${id}?include=payload,results`)
  assert.deepEqual(columns, ['j.result', 'source_event_payload'])
  assert.deepEqual((await read(`/invocations/${id}?include=payload,results`, { 'if-none-match': etag })).columns, [])
  for (const [url, kept] of [
    [`/invocations/${id}`, 'private, no-cache'],
    [`/invocations/${id}?include=payload`, 'private, no-store'],
    [`/jobs/${job}?include=stack`, 'private, no-store'],
  ] as const) {
    assert.equal((await app.inject(url)).headers['cache-control'], kept, url)
  }
  assert.deepEqual((await read(`/jobs/${job}?include=stack`)).columns, ['error_stack'])
})

/** Another pool of a service, on a database that is there. */
function databaseOf(t: TestContext, url: string): Reader {
  const db = createReader()
  db.start({
    url,
    size: 2,
    connectTimeout: 5000,
    statementTimeout: 30_000,
    lockTimeout: 30_000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  return db
}

/** The same, with the text of every statement told. */
function watched(db: Reader, statements: string[]): Reader {
  const seen = (statement: { text: string }): void => void statements.push(statement.text)
  const told = <Q extends Snapshot>(of: Q): Q => ({
    ...of,
    query: (statement, signal) => (seen(statement), of.query(statement, signal)),
    batches: (statement, size) => (seen(statement), of.batches(statement, size)),
  })
  return {
    query: (statement, signal) => (seen(statement), db.query(statement, signal)),
    probe: (statement) => (seen(statement), db.probe(statement)),
    open: async (options) => told(await db.open(options)),
    snapshot: (work, signal) => db.snapshot((snapshot) => work(told(snapshot)), signal),
  }
}
