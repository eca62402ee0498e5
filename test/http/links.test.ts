import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type pg from 'pg'
import { lostLinks } from '../../src/reading/links/lost.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'
import type { NestedTree } from '../support/trees.ts'
import { until } from '../support/until.ts'

interface Detail {
  link: string
  namedJobId: string | null
  sourceJobId: string | null
}

const minutes = 60_000
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const payload = (value: unknown) => ({ source_event_payload: JSON.stringify(value) })
const updatedBy = (token: unknown) => payload({ event: { data: { new: { updated_by: token } } } })

const job = randomUUID()
const other = randomUUID()

const named: Array<[what: string, payload: string, namedJobId: string | null]> = [
  ['__sourceJobId', `{"__sourceJobId": "${job}"}`, job],
  ['in upper case', `{"__sourceJobId": "${job.toUpperCase()}"}`, job],
  ['a token in updated_by', `{"event": {"data": {"new": {"updated_by": "shop|c|${job}"}}}}`, job],
  ['a token in updatedby', `{"event": {"data": {"new": {"updatedby": "shop|c|${job}"}}}}`, job],
  ['a token of the session', `{"event": {"session_variables": {"x-hasura-tracking-token": "shop|c|${job}"}}}`, job],
  ['a token with a hop', `{"event": {"data": {"new": {"updated_by": "shop||${job.toUpperCase()}|3"}}}}`, job],
  ['a token of five parts', `{"event": {"data": {"new": {"updated_by": "shop|c|${job}|3|x"}}}}`, job],
  ['a token of two parts', `{"event": {"data": {"new": {"updated_by": "shop|${job}"}}}}`, null],
  ['a bare id in updated_by is that of a user', `{"event": {"data": {"new": {"updated_by": "${job}"}}}}`, null],
  [
    'the first place stands',
    `{"__sourceJobId": "${job}", "event": {"data": {"new": {"updated_by": "s|c|${other}"}}}}`,
    job,
  ],
  [
    'no UUID in the first place',
    `{"__sourceJobId": "unknown", "event": {"data": {"new": {"updated_by": "s|c|${job}"}}}}`,
    job,
  ],
  ['the word unknown', `{"event": {"data": {"new": {"updated_by": "shop|c|unknown"}}}}`, null],
  ['a UUID without dashes', `{"__sourceJobId": "${job.replaceAll('-', '')}"}`, null],
  ['a UUID in braces', `{"__sourceJobId": "{${job}}"}`, null],
  ['a UUID and a line break', `{"__sourceJobId": "${job}\\n"}`, null],
  ['an object in its place', `{"__sourceJobId": {"id": "${job}"}}`, null],
  ['a payload that is an array', `["${job}", {"__sourceJobId": "${job}"}]`, null],
  ['a payload that is a text', `"${job}"`, null],
  ['a payload that is a number', '1e400', null],
  ['a payload that is null', 'null', null],
  ['huge numbers beside it', `{"a": ${'9'.repeat(500)}, "b": 1e-400, "__sourceJobId": "${job}"}`, job],
  ['an event that is a list', `{"event": [{"data": {"new": {"updated_by": "s|c|${job}"}}}]}`, null],
]

test('of a payload only the UUID of a job counts, at the places where writers put it', async (t) => {
  const { get, pool } = await service(t)
  for (const [what, source_event_payload, namedJobId] of named) {
    const id = await addInvocation(pool, { source_event_payload })
    const { json } = await get<Detail>(`/invocations/${id}`)
    assert.deepEqual([json.link, json.namedJobId], [namedJobId === null ? 'none' : 'pending', namedJobId], what)
  }
})

test('LINK_PATHS adds places, where an id or a token may stand; LINK_MAX_AGE says how old a job may be', async (t) => {
  const links = {
    maxAge: 10 * minutes,
    paths: [
      ['meta', 'jobs', '0'],
      ['meta', 'by'],
    ],
  }
  const { get, pool } = await service(t, { links })
  const parent = await addJob(pool, await addInvocation(pool), { created_at: ago(20 * minutes) })
  for (const meta of [{ jobs: [parent] }, { by: `shop|c|${parent}` }, { jobs: ['x'], by: parent }]) {
    const { json } = await get<Detail>(`/invocations/${await addInvocation(pool, payload({ meta }))}`)
    assert.deepEqual([json.link, json.namedJobId], ['ambiguous', parent], JSON.stringify(meta))
  }
})

/** An invocation for each link that the rows can tell, and the words of the text form. */
async function eachLink(
  pool: pg.Pool,
): Promise<Array<[link: string, id: string, namedJobId: string | null, words: RegExp]>> {
  const parent = await addInvocation(pool, { created_at: ago(5 * minutes) })
  const fresh = await addJob(pool, parent, { created_at: ago(4 * minutes) })
  const old = await addJob(pool, parent, { created_at: ago(90 * minutes) })
  const later = await addJob(pool, parent, { created_at: ago(0) })
  const was = { created_at: ago(2 * minutes) }
  const add = (given: object) => addInvocation(pool, { ...was, ...given })
  return [
    ['none', await add({}), null, /start to end\n$/],
    [
      'none',
      await add(updatedBy(`s|c|${later}`)),
      later,
      /\nroot reached \(none\): above \S+, job \S+, which its payload names, began after the event, or ran in it\n$/,
    ],
    [
      'recoverable',
      await add(updatedBy(`s|c|${fresh}`)),
      fresh,
      /\nroot not reached \(recoverable\): above \S+, job \S+, which its payload names, is there, but the link is not recorded\n$/,
    ],
    ['ambiguous', await add(updatedBy(`s|c|${old}|1`)), old, /\(ambiguous\): .* had ended long before the event\n$/],
    ['severed', await add(updatedBy(`s|c|${other}`)), other, /\(severed\): .* is gone, or never came\n$/],
    [
      'pending',
      await add({ ...updatedBy(`s|c|${other}`), created_at: ago(0) }),
      other,
      /\(pending\): .* has not arrived yet\n$/,
    ],
  ]
}

test('the head of a tree says why its root may not be one, in each form, and its node and its detail say the same', async (t) => {
  const { get, pool } = await service(t)
  for (const [link, id, namedJobId, words] of await eachLink(pool)) {
    const expected = { rootId: id, rootReached: link === 'none', rootLink: link, rootNamedJobId: namedJobId }
    const { json } = await get<NestedTree>(`/trees/${id}`)
    const { rootId, rootReached, rootLink, rootNamedJobId, tree } = json
    assert.deepEqual({ rootId, rootReached, rootLink, rootNamedJobId }, expected)
    assert.equal(tree['link'], link)
    const [line] = (await get(`/trees/${id}?format=ndjson`)).text.split('\n')
    assert.deepEqual({ ...expected, ...JSON.parse(line ?? '') }, JSON.parse(line ?? ''))
    assert.match((await get(`/trees/${id}?format=text`)).text, words)
    const detail = (await get<Detail>(`/invocations/${id}`)).json
    assert.deepEqual([detail.link, detail.namedJobId], [link, namedJobId])
    // Below another root nobody looks into payloads, and what was reached by a link is recorded.
    const child = await addInvocation(pool, { source_job_id: await addJob(pool, id) })
    const below = (await get<NestedTree>(`/trees/${child}`)).json
    assert.deepEqual([below.rootId, below.rootLink, below.tree['link']], [id, link, 'recorded'])
  }
  const { json } = await get<{ data: Detail[] }>('/invocations?window=1h')
  assert.deepEqual(
    new Set(json.data.map(({ link, sourceJobId }) => `${link} ${sourceJobId === null}`)),
    new Set(['unknown true', 'recorded false']),
  )
})

test('without the foreign key, a source job that is not there is severed, or pending while the row is young', async (t) => {
  const { get, pool } = await service(t)
  await pool.query('alter table invocations drop constraint fk_invocations_source_job_id')
  for (const [link, created_at] of [
    ['severed', ago(2 * minutes)],
    ['pending', ago(0)],
  ] as const) {
    const id = await addInvocation(pool, { created_at, source_job_id: randomUUID(), ...updatedBy(`s|c|${other}`) })
    const { json } = await get<NestedTree>(`/trees/${id}`)
    assert.deepEqual(
      [json.rootReached, json.rootLink, json.rootNamedJobId, json.tree['link']],
      [false, link, null, link],
    )
    const detail = (await get<Detail>(`/invocations/${id}`)).json
    assert.deepEqual([detail.link, detail.namedJobId], [link, null])
    assert.match((await get(`/trees/${id}?format=text`)).text, /, the job that it names /)
  }
})

/** The tags of the answers that tell of an invocation. */
async function tags({ get }: Service, id: string): Promise<string[]> {
  const paths = [`/invocations/${id}`, `/trees/${id}`, `/trees/${id}?shape=flat`, `/trees/${id}?format=text`]
  return Promise.all(paths.map(async (path) => String((await get(path)).headers['etag'])))
}

test('an answer has another tag when the named job arrives, and when time makes a pending link a severed one', async (t) => {
  const shown = await service(t)
  const { get, pool } = shown
  const parent = await addInvocation(pool)
  const id = await addInvocation(pool, { created_at: ago(2 * minutes), ...updatedBy(`s|c|${job}`) })
  const severed = await tags(shown, id)
  assert.deepEqual(await tags(shown, id), severed)
  await addJob(pool, parent, { id: job, created_at: ago(3 * minutes) })
  const arrived = await tags(shown, id)
  assert.ok(arrived.every((tag, at) => tag !== severed[at]))

  const young = await addInvocation(pool, { created_at: ago(50_000), ...updatedBy(`s|c|${other}`) })
  const linkNow = async () => (await get<Detail>(`/invocations/${young}`)).json.link
  const pending = await tags(shown, young)
  // A machine so busy that ten seconds have passed says nothing about tags.
  if ((await linkNow()) !== 'pending') return
  await until('the row is older than a minute', async () => (await linkNow()) === 'severed', 20_000)
  const later = await tags(shown, young)
  assert.ok(later.every((tag, at) => tag !== pending[at]))
})

test('nothing of a payload is shown to a plain reader but the UUID that stands where a job id does', async (t) => {
  const { get, pool } = await service(t)
  const secret = 'sekret-4711'
  const token = `${secret}|${secret}|${other}|${secret}`
  const planted = [
    { __sourceJobId: secret, event: { data: { new: { updated_by: token, note: secret } } } },
    { __sourceJobId: { [secret]: other }, event: { session_variables: { 'x-hasura-tracking-token': token } } },
    { event: { data: { new: { updated_by: `${other}|${secret}|${secret}`, updatedby: secret } } } },
    [secret],
  ]
  for (const each of planted) {
    const id = await addInvocation(pool, payload(each))
    for (const path of [
      `/invocations/${id}`,
      `/trees/${id}`,
      `/trees/${id}?format=text`,
      `/trees/${id}?format=ndjson`,
      '/',
      '/health/ready',
    ]) {
      const { status, text } = await get(path)
      assert.equal(status, 200)
      assert.ok(!text.includes(secret), path)
    }
  }
})

test('a role that may not read payloads is answered, and its links that are not recorded are unknown', async (t) => {
  const { get, pool, url } = await service(t)
  const role = `reader_${randomUUID().slice(0, 8)}`
  const { rows } = await pool.query<{ columns: string }>(
    "select string_agg(attname, ', ') as columns from pg_attribute where attrelid = 'invocations'::regclass and attnum > 0 and not attisdropped and attname <> 'source_event_payload'",
  )
  await pool.query(
    `create role ${role} login password 'x'; grant select (xmin, ${rows[0]?.columns}) on invocations to ${role}; grant select on event_executions, job_executions to ${role}`,
  )
  const id = await addInvocation(pool, updatedBy(`s|c|${other}`))
  const as = new URL(url)
  Object.assign(as, { username: role, password: 'x' })
  // It may not read our table either.
  const reader = await service(t, { rules: { staleAfter: 900_000, linkWay: 'column' } }, { url: as.href, pool })
  const { json } = await reader.get<NestedTree>(`/trees/${id}`)
  assert.deepEqual([json.rootReached, json.rootLink, json.rootNamedJobId], [false, 'unknown', null])
  assert.match((await reader.get(`/trees/${id}?format=text`)).text, /\(unknown\): .* the payload cannot be read\n$/)
  assert.equal((await get<Detail>(`/invocations/${id}`)).json.link, 'pending')
})

for (const type of ['json', 'document'])
  test(`a payload in a column of type ${type} is read too, but one whose escapes stand for no character`, async (t) => {
    const { get, pool } = await service(t)
    await pool.query(`create domain document as json; alter table invocations alter source_event_payload type ${type}`)
    const link = async (source_event_payload: string) =>
      (await get<Detail>(`/invocations/${await addInvocation(pool, { source_event_payload })}`)).json.link
    assert.equal(await link(`{"__sourceJobId": "${other}", "x": "\\u00e9"}`), 'pending')
    assert.equal(await link(`{"__sourceJobId": "${other}", "x": "\\u0000"}`), 'unknown')
  })

test('that most links are lost is said at / and, once it was looked at, by readiness; half of them is not most', async (t) => {
  const told = async (lost: number, roots: number) => {
    const { get, pool } = await service(t)
    const parent = await addInvocation(pool)
    for (let n = 1; n < roots; n += 1) await addInvocation(pool)
    for (let n = 0; n < lost; n += 1) await addInvocation(pool, updatedBy(`s|c|${job}`))
    await addInvocation(pool, { source_job_id: await addJob(pool, parent), ...updatedBy(`s|c|${job}`) })
    const ready = async () => (await get<{ warnings: string[] }>('/health/ready')).json.warnings
    assert.deepEqual(await ready(), [])
    const { warnings } = (await get<{ warnings: string[] }>('/')).json
    assert.deepEqual(await ready(), warnings)
    const page = (await get('/?format=html')).text
    assert.equal(page.includes('<strong>'), warnings.length > 0)
    return warnings
  }
  assert.deepEqual(await told(2, 2), [])
  const [warning] = await told(3, 2)
  assert.match(warning ?? '', /^3 of the last 5 invocations without a source job name one in their payload: /)
})

test('a database that is away warns of no lost links, and a look that failed is made again later', async () => {
  const away = { query: () => Promise.reject(new Error('the database is away')) }
  const lost = lostLinks(away, { maxAge: 1, paths: [] }, { staleAfter: 1, linkWay: 'column' })
  assert.deepEqual([await lost.look(), lost.last()], [undefined, undefined])
})
