import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type pg from 'pg'
import { meaning } from '../fuzz/document.ts'
import { endpoints, filled, type ExampleIds } from '../support/endpoints.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

/** Every parameter of every operation of the document that is text, and its schema: what is added there is tried here. */
const textParameters = endpoints.flatMap(({ path, parameters }) =>
  parameters.flatMap(({ name, in: place, schema }) => {
    const { type, enum: listed } = schema.items ?? schema
    return type === 'string' && !listed ? [{ parameter: `${path} ${name}`, place, schema: schema.items ?? schema }] : []
  }),
)

/** Filters that any text may stand in, and the row that has it: a `job` of `root` triggered `child`. */
const matching = Object.fromEntries(
  endpoints.flatMap(({ path, texts }) => Object.entries(texts).map(([name, row]) => [`${path} ${name}`, row])),
)
/** Filters of figures that any text may stand in, and whether the rows found show it whole. */
const sought = Object.fromEntries(
  endpoints.flatMap((endpoint) =>
    Object.entries(endpoint.sought).map(([name, shown]) => [`${endpoint.path} ${name}`, shown]),
  ),
)
/** Those with a form of their own, or with words that the database knows: any other text is refused. */
const formed = textParameters
  .filter(
    ({ schema, parameter }) =>
      schema.format === 'uuid' ||
      meaning(schema) !== undefined ||
      schema.examples !== undefined ||
      parameter.endsWith(' timeZone') ||
      // A hash, of 16 hex digits; an id or `baseline`.
      / (shape|with)$/.test(parameter) ||
      // Refused where trees are not summed up: test/http/tree_summaries.test.ts.
      parameter === '/trees contains' ||
      // Each is refused without the other.
      / (from|to)Function$/.test(parameter),
  )
  .map(({ parameter }) => parameter)
/** What is searched for, or named in a path, is text of fewer characters, and may be found in more ways than one: test/http/search.test.ts tries what is found. */
const searched = textParameters
  .filter(
    ({ parameter, place, schema }) => !formed.includes(parameter) && (place === 'path' || (schema.minLength ?? 0) > 1),
  )
  .map(({ parameter }) => parameter)

/** The request that gives a text to a parameter. */
function urlOf(parameter: string, ...values: string[]): string {
  const [path = '', name = ''] = parameter.split(' ')
  return path.includes(`{${name}}`)
    ? path.replace(`{${name}}`, values[0] ?? '').replace(/\{\w+\}/, 'x')
    : `${filled(path)}?${values.map((value) => `${name}=${value}`).join('&')}`
}

const hostile = [
  "'",
  "''",
  '"',
  '`',
  '\\',
  "\\'",
  "' or '1'='1",
  "'; drop table invocations; --",
  '"; delete from job_executions; --',
  "x' union select source_event_payload::text from invocations --",
  '$1',
  '${1}',
  '$$',
  '$tag$',
  '%',
  '_',
  '*',
  '/* */',
  '--',
  ';',
  'null',
  'NULL',
  'undefined',
  'true',
  '{a,b}',
  '{}',
  '[]',
  '(',
  ')',
  '\u00e9',
  'e\u0301',
  '\u{1F680}',
  '\u202e',
  '\ufeff',
  '\u0130',
  '\n',
  '\r\n',
  '\t',
  '\x1b[31m',
  '\x7f',
  ' ',
  '  x  ',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%00',
  '%27',
  '__proto__',
  'constructor',
  'a,b',
  'a&b=c',
  '+',
  '#',
  '\u{10FFFF}',
  "'".repeat(1000),
  '\u00fc'.repeat(1000),
  '\u{1F418}'.repeat(1000),
]
// A plain * is a wildcard to the look-up of the route by which an answer is checked.
const encoded = (text: string): string => encodeURIComponent(text).replaceAll('*', '%2A')
const refusedTexts = ['\0', 'a\0b', '', 'x'.repeat(1001)]

test('every parameter that is text has a form of its own, or test/support/endpoints.ts says which row it finds', () => {
  assert.deepEqual(
    textParameters.map(({ parameter }) => parameter).toSorted(),
    [...Object.keys(matching), ...Object.keys(sought), ...formed, ...searched].toSorted(),
  )
  assert.ok(Object.keys(matching).length >= 11 && formed.length >= 22)
})

test('a text finds the row that holds exactly it, and no other, whatever it is', async (t) => {
  const { get, pool } = await service(t)
  await chainOf(pool, 'plain')
  for (const text of hostile) {
    const ids = await chainOf(pool, text)
    for (const [parameter, row] of Object.entries(matching)) {
      const [path = '', name = ''] = parameter.split(' ')
      const { status, json, text: body } = await get<{ data: unknown[] }>(`${path}?${name}=${encoded(text)}`)
      assert.equal(status, 200, `${parameter} = ${text.slice(0, 40)}: ${body.slice(0, 200)}`)
      assert.equal(
        json.data.length,
        ofBoth.has(parameter) ? 2 : 1,
        `${parameter} = ${text.slice(0, 40)} finds ${json.data.length}`,
      )
      assert.ok(body.includes(ids[row] ?? 'no such row'), parameter)
    }
  }
  const { rows } = await pool.query<{ invocations: number; jobs: number }>(
    'select (select count(*)::int from invocations) as invocations, (select count(*)::int from job_executions) as jobs',
  )
  assert.deepEqual(
    rows,
    [{ invocations: 2 * (hostile.length + 1), jobs: hostile.length + 1 }],
    'nothing was dropped or deleted',
  )
})

test('figures of a text are those of exactly it, whatever it is', async (t) => {
  const { get, pool } = await service(t)
  await chainOf(pool, 'plain')
  for (const text of hostile) {
    await chainOf(pool, text)
    for (const [parameter, shown] of Object.entries(sought)) {
      const [path = '', name = ''] = parameter.split(' ')
      const { status, json, text: body } = await get<{ data: unknown[] }>(`${path}?${name}=${encoded(text)}`)
      assert.equal(status, 200, `${parameter} = ${text.slice(0, 40)}: ${body.slice(0, 200)}`)
      if (shown === 'masked' || shown === 'may be nothing') continue
      assert.ok(json.data.length > 0, `${parameter} = ${text.slice(0, 40)} finds nothing`)
      const read = (value: unknown): string =>
        shown === 'told' ? JSON.stringify(value) : JSON.stringify(value).toLowerCase()
      const foreign = json.data.filter((row) => !read(row).includes(read(text).slice(1, -1)))
      assert.deepEqual(foreign, [], `${parameter} = ${text.slice(0, 40)}`)
    }
  }
})

test('NUL, nothing at all and what is too long are refused everywhere, and so is any text where a form is asked for', async (t) => {
  const { get } = await service(t)
  for (const parameter of [...Object.keys(matching), ...Object.keys(sought), ...formed, ...searched]) {
    for (const text of [...refusedTexts, ...(formed.includes(parameter) ? hostile : [])]) {
      const [path = '', name = ''] = parameter.split(' ')
      const value = encoded(text)
      if (path.includes(`{${name}}`) && value === '') continue
      const url = urlOf(parameter, value)
      const { status, json } = await get<{ type: string; errors: Array<{ parameter: string }> }>(url)
      assert.deepEqual(
        [status, json.type, json.errors.map((error) => error.parameter)],
        [400, '/problems/invalid-request', [name]],
        url.slice(0, 100),
      )
    }
  }
})

test('any text at all is answered: found, not found or refused, never a failure', async (t) => {
  const { get, pool } = await service(t)
  await chainOf(pool, 'plain')
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 1100 }),
    fc.array(fc.constantFrom(...hostile.slice(0, 50), '\0'), { maxLength: 5 }).map((parts) => parts.join('')),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(matching), ...Object.keys(sought), ...formed, ...searched),
      fc.array(any, { minLength: 1, maxLength: 3 }),
      async (parameter, texts) => {
        const { status, text } = await get(urlOf(parameter, ...texts.map(encoded)))
        assert.ok(
          [200, 400, 404, 414, ...(searched.includes(parameter) ? [403] : [])].includes(status),
          `${status} ${text.slice(0, 200)}`,
        )
      },
    ),
    { numRuns: 1000 },
  )
})

/** What both invocations of a chain are found by. */
const ofBoth = new Set(['/invocations sourceFunction', '/invocations correlationId'])

/** Two invocations, the event and the job between them, with the same text wherever a text may stand. Both have it as their function and correlation id. */
async function chainOf(pool: pg.Pool, text: string): Promise<Partial<ExampleIds>> {
  // Figures are those of a window that ends before the millisecond of the request.
  const created_at = new Date(Date.now() - 60_000).toISOString()
  const texts = {
    created_at,
    source_function: text,
    source_table: text,
    source_operation: text,
    source_system: text,
    correlation_id: text,
  }
  const root = await addInvocation(pool, {
    created_at,
    source_function: text,
    correlation_id: text,
    source_table: null,
    source_operation: null,
    source_system: null,
  })
  const event = await addEvent(pool, root, { event_name: text, created_at })
  const job = await addJob(pool, root, {
    job_name: text,
    created_at,
    job_function_name: text,
    correlation_id: text,
    event_execution_id: event,
    status: 'failed',
    error_message: text,
  })
  const child = await addInvocation(pool, { ...texts, source_job_id: job })
  return { root, event, job, child }
}
