import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { lists } from '../support/endpoints.ts'
import { memoryLog } from '../support/log.ts'
import { assertProblem } from '../support/problem.ts'
import { raw, rawOnce, request } from '../support/raw.ts'
import { addInvocation } from '../support/rows.ts'
import { generous, service, type Settings } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Parameter {
  name: string
  schema: { maximum?: number; default?: number }
}

const limited = (t: TestContext, limits: Partial<Settings['limits']>) =>
  service(t, { limits: { ...generous, ...limits } })

test('a smaller page is the default too, is said in the 400 and in the OpenAPI document, and cursors lead on', async (t) => {
  const { app, get, pool } = await limited(t, { page: 3 })
  await Promise.all(Array.from({ length: 4 }, () => addInvocation(pool)))
  for (const path of lists) {
    const problem = assertProblem('invalid-request', await get(`${path}?limit=4`))
    assert.deepEqual(
      problem.errors?.map(({ parameter, allowed }) => [parameter, allowed]),
      [['limit', 'a whole number from 1 to 3']],
      path,
    )
    const { paths } = app.swagger() as unknown as { paths: Record<string, { get: { parameters: Parameter[] } }> }
    const { maximum, default: unasked } = paths[path]?.get.parameters.find(({ name }) => name === 'limit')?.schema ?? {}
    assert.deepEqual([maximum, unasked], [3, 3], path)
  }
  const first = await get<{ data: unknown[]; page: { nextCursor: string } }>('/invocations')
  const second = await get<{ data: unknown[] }>(`/invocations?cursor=${first.json.page.nextCursor}`)
  assert.deepEqual([first.json.data.length, second.json.data.length], [3, 1])
})

test('a tree of fewer levels and nodes: each form says what it allows, and the defaults fit', async (t) => {
  const { get, pool } = await limited(t, { depth: 50, nodes: 200 })
  const id = await addInvocation(pool)
  for (const layout of ['shape=nested', 'shape=flat', 'format=text', 'format=ndjson']) {
    assert.equal((await get(`/trees/${id}?${layout}`)).status, 200, layout)
    assert.equal((await get(`/trees/${id}?${layout}&maxDepth=50&maxNodes=200`)).status, 200, layout)
    const problem = assertProblem('invalid-request', await get(`/trees/${id}?${layout}&maxDepth=51&maxNodes=201`))
    assert.deepEqual(
      problem.errors?.map(({ parameter, allowed }) => [parameter, allowed]),
      [
        ['maxDepth', 'a whole number from 0 to 50'],
        ['maxNodes', 'a whole number from 1 to 200'],
      ],
      layout,
    )
  }
})

test('a larger tree may be asked for where MAX_NODES allows it, streamed alone', async (t) => {
  const { get, pool } = await limited(t, { nodes: 2_000_000 })
  const id = await addInvocation(pool)
  assert.equal((await get(`/trees/${id}?format=ndjson&maxNodes=2000000`)).status, 200)
  assert.match(
    assertProblem('invalid-request', await get(`/trees/${id}?maxNodes=10001`)).errors?.[0]?.allowed ?? '',
    /^a whole number up to 10000 as nested JSON; up to 2000000 with format=ndjson$/,
  )
})

test('a shorter URL and a larger body, as they are configured', async (t) => {
  const { listen } = await limited(t, { url: 1024, body: 4096 })
  const base = await listen()
  const path = `/jobs?status=${'a'.repeat(1011)}`
  assert.equal((await rawOnce(base, request(`GET ${path}`))).status, 400)
  assert.match(
    assertProblem('uri-too-long', told(await rawOnce(base, request(`GET ${path}a`)))).detail,
    /^The path and query are 1025 characters long; allowed are 1024$/,
  )
  assert.match(
    assertProblem('headers-too-large', told(await rawOnce(base, request('GET /jobs', `x-long: ${'a'.repeat(17_408)}`))))
      .detail,
    /longer than 17408 bytes$/,
  )
  const [answer] = await raw(base, `${request('GET /jobs', 'content-length: 4096')}${'a'.repeat(4096)}`)
  assert.equal(answer?.status, 200)
  assert.match(
    assertProblem('content-too-large', told(await rawOnce(base, request('GET /jobs', 'content-length: 4097')))).detail,
    /up to 4096 bytes/,
  )
})

const told = ({ status, headers, body }: { status: number; headers: Record<string, string>; body: string }) => ({
  status,
  headers,
  text: body,
})

test('one connection more than there may be takes the place of the longest idle one; while all are answered it is answered health alone, and closed', async (t) => {
  const { log, lines } = memoryLog()
  const { listen, pool } = await service(t, { log, limits: { ...generous, connections: 2 } })
  const { port } = new URL(await listen())
  const connected = async () => {
    const socket = connect(Number(port), '127.0.0.1').resume()
    onTeardown(t, () => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  const ask = (socket: Socket, path: string): Promise<string> => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`)
    return Promise.race([
      once(socket, 'data').then(([bytes]) => String(bytes).slice(0, 12)),
      once(socket, 'close').then(() => 'closed'),
    ])
  }
  const first = await connected()
  const second = await connected()
  assert.equal(await ask(first, '/jobs'), 'HTTP/1.1 200')
  const gone = once(second, 'close')
  const third = await connected()
  await gone
  await until('it is told', () => lines().some(({ replaced }) => replaced === 1))
  const holder = await pool.connect()
  onTeardown(t, () => holder.release(true))
  await holder.query('begin; lock table public.invocations in access exclusive mode')
  const answers = [first, third].map((socket) => ask(socket, '/invocations'))
  await until(
    'both are being answered',
    async () =>
      (await pool.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
        .rowCount === 2,
  )
  const [refused, health] = [await connected(), await connected()]
  const ended = [refused, health].map((socket) => once(socket, 'close'))
  assert.equal(await ask(refused, '/jobs'), 'HTTP/1.1 503')
  assert.equal(await ask(health, '/health/live'), 'HTTP/1.1 200')
  await Promise.all(ended)
  await holder.query('rollback')
  assert.deepEqual(await Promise.all(answers), ['HTTP/1.1 200', 'HTTP/1.1 200'])
  assert.equal(await ask(await connected(), '/health/live'), 'HTTP/1.1 200', 'there is room again')
})
