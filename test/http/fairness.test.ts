import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { clientOf } from '../../src/http/identity/client.ts'
import { takenOf } from '../../src/http/connection/taken.ts'
import { holdLongTexts, holdTable, LONG_TEXT } from '../support/hold.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { memoryLog, type Line } from '../support/log.ts'
import { patience } from '../support/patience.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob, addLargeTree } from '../support/rows.ts'
import { generous, service, type Settings } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const SERVICE = 'event-detector-observability'

interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

interface Shared {
  base: string
  pool: pg.Pool
  /** A small tree. */
  tree: string
  greedy: { authorization: string }
  polite: { authorization: string }
  ask: (path: string, headers: { authorization: string }) => Promise<Answer>
  /** Backends of the service in this state: `active` and waiting for a lock, or `idle in transaction`. */
  backends: (what: 'locked' | 'idle in transaction') => Promise<number>
  /** Keeps every reader of a table waiting until it is let go. */
  lock: (table: string) => Promise<() => void>
  /** A tree whose answer waits until it is let go. Whatever does not show its events waits for nothing. */
  slowTree: () => Promise<{ path: string; letGo: () => void }>
  /** The same of a list of jobs. Whatever does not show the message of its one job waits for nothing. */
  slowJobs: () => Promise<{ path: string; letGo: () => void }>
}

/** A service with two keys; nobody waits in vain unless `limits` say so. */
async function shared(
  t: TestContext,
  limits: Partial<Settings['limits']>,
  deps: Partial<Settings> = {},
): Promise<Shared> {
  const {
    keys,
    shown: [one = '', other = ''],
  } = apiKeys({ name: 'greedy', scopes: ['read'] }, { name: 'polite', scopes: ['read'] })
  const { listen, pool } = await service(t, {
    credentials: { keys, keysFile: undefined, tokens: undefined },
    limits: { ...generous, wait: patience(20_000), ...limits },
    ...deps,
  })
  const tree = `/trees/${await addInvocation(pool)}`
  const base = await listen()
  return {
    base,
    pool,
    tree,
    greedy: bearer(one),
    polite: bearer(other),
    async ask(path, headers) {
      const answer = await fetch(base + path, { headers })
      return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
    },
    async backends(what) {
      const { rows } = await pool.query<{ count: number }>(`
        select count(*)::int as count from pg_stat_activity where application_name = '${SERVICE}' and datname = current_database() and ${what === 'locked' ? "wait_event_type = 'Lock'" : `state = '${what}'`}`)
      return rows[0]?.count ?? 0
    },
    lock: (table) => holdTable(t, pool, table),
    async slowTree() {
      const id = await addInvocation(pool)
      await addEvent(pool, id, { handler_error: LONG_TEXT })
      return { path: `/trees/${id}?include=events`, letGo: await holdLongTexts(t, pool, 'event_executions') }
    },
    async slowJobs() {
      const invocationId = await addInvocation(pool)
      await addJob(pool, invocationId, { error_message: LONG_TEXT })
      return { path: `/jobs?invocationId=${invocationId}`, letGo: await holdLongTexts(t, pool, 'job_executions') }
    },
  }
}

/** Asks and reads nothing of the answer. */
async function unread(t: TestContext, url: string, headers: Record<string, string>): Promise<http.IncomingMessage> {
  const request = http.get(url, { headers })
  request.on('error', () => undefined)
  onTeardown(t, () => request.destroy())
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  response.on('error', () => undefined)
  return response
}

/** Asks for all of these at once on one connection. */
function pipelined(t: TestContext, base: string, { authorization }: Shared['greedy'], ...paths: string[]): Socket {
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTeardown(t, () => socket.destroy())
  socket.write(
    paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: here\r\nAuthorization: ${authorization}\r\n\r\n`).join(''),
  )
  return socket
}

const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)

test('eight connections of one client on slow trees leave a place to another client', async (t) => {
  const { ask, tree, greedy, polite, slowTree, backends } = await shared(t, { heavy: 3 })
  const { path, letGo } = await slowTree()
  const slow = Array.from({ length: 8 }, () => ask(path, greedy))
  await until('two are at work', async () => (await backends('locked')) === 2)
  for (const other of [tree, '/trees?window=1h', '/jobs', '/invocations', tree])
    assert.equal((await ask(other, polite)).status, 200, other)
  assert.equal(await backends('locked'), 2)
  letGo()
  assert.deepEqual(
    statuses(await Promise.all(slow)),
    Array.from({ length: 8 }, () => 200),
  )
})

test('one client on slow lists leaves a connection of the database to another client', async (t) => {
  const { ask, tree, greedy, polite, slowJobs, backends } = await shared(t, { pool: 5 })
  const { path: jobs, letGo } = await slowJobs()
  const slow = Array.from({ length: 12 }, () => ask(jobs, greedy))
  await until('four are at work', async () => (await backends('locked')) === 4)
  for (const path of ['/invocations', '/invocations?status=failed'])
    assert.equal((await ask(path, polite)).status, 200, path)
  assert.equal(await backends('locked'), 4)
  letGo()
  assert.deepEqual(
    statuses(await Promise.all(slow)),
    Array.from({ length: 12 }, () => 200),
  )
  assert.equal((await ask(tree, greedy)).status, 200)
})

test('lookups that share statements leave a connection of the database to another client, however many limits they name', async (t) => {
  const { ask, pool, tree, greedy, polite, lock, backends } = await shared(t, { pool: 5 })
  const job = await addJob(pool, tree.slice('/trees/'.length))
  const letGo = await lock('invocations')
  const slow = Array.from({ length: 12 }, (_, nth) => ask(`/invocations?sourceJobId=${job}&limit=${nth + 1}`, greedy))
  await until('four are at work', async () => (await backends('locked')) >= 4)
  const other = ask('/invocations', polite)
  await until('the fifth is at work', async () => (await backends('locked')) === 5)
  const { rows } = await pool.query(
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%asked.nth%'",
  )
  assert.equal(rows.length, 4, 'the fifth is that of the other client')
  letGo()
  assert.deepEqual(
    statuses(await Promise.all([other, ...slow])),
    Array.from({ length: 13 }, () => 200),
  )
})

test('a connection of the database that does not become free in time is 503, which says who has them', async (t) => {
  const { ask, greedy, polite, slowJobs, backends } = await shared(t, { pool: 2, connect: 200 })
  const { path: jobs, letGo } = await slowJobs()
  const slow = ask(jobs, greedy)
  await until('it is at work', async () => (await backends('locked')) === 1)
  const refused = await ask('/invocations', greedy)
  assert.match(
    assertProblem('unavailable', refused).detail,
    /^No connection to the database became free within 0\.2 s; this client has 1 of the 2, and may have 1$/,
  )
  assert.equal(refused.headers['retry-after'], '2')
  assert.equal((await ask('/invocations', polite)).status, 200)
  letGo()
  assert.equal((await slow).status, 200)
})

test('if what is read for all clients together finds no connection in time, the 503 says that, and blames no client', async (t) => {
  const { ask, polite, greedy, lock, backends } = await shared(t, { pool: 2, connect: 200 })
  const letGo = await lock('invocations')
  const path = `/invocations?sourceJobId=${randomUUID()}`
  const first = ask(path, greedy)
  await until('it is at work', async () => (await backends('locked')) === 1)
  assert.equal(
    assertProblem('unavailable', await ask(path, polite)).detail,
    'No connection to the database became free within 0.2 s; the statements by which all clients together read what single jobs triggered have 1 of the 2, and may have 1',
  )
  letGo()
  assert.equal((await first).status, 200)
})

test('as many requests at work as one client may have leave a place to another client', async (t) => {
  const { ask, greedy, polite, slowJobs, backends } = await shared(t, { concurrent: 3 })
  const { path: jobs, letGo } = await slowJobs()
  const slow = Array.from({ length: 8 }, () => ask(jobs, greedy))
  await until('two are at work', async () => (await backends('locked')) === 2)
  for (const path of ['/invocations', '/invocations?status=failed'])
    assert.equal((await ask(path, polite)).status, 200, path)
  letGo()
  assert.deepEqual(
    statuses(await Promise.all(slow)),
    Array.from({ length: 8 }, () => 200),
  )
})

test('those that wait have their turn: in order within a client, and one of each client after the other', async (t) => {
  const { log, lines } = memoryLog()
  const { ask, tree, greedy, polite, slowTree, backends } = await shared(t, { heavy: 1 }, { log })
  const { path, letGo } = await slowTree()
  const first = ask(path, greedy)
  await until('it is at work', async () => (await backends('locked')) === 1)
  const others: Array<Promise<Answer>> = []
  for (const [client, count] of [
    [greedy, 4],
    [polite, 2],
  ] as const)
    for (let nth = 0; nth < count; nth += 1) others.push(ask(tree, client))
  // They are all in the queue when a list, asked after them, has been answered.
  for (const client of [greedy, polite]) assert.equal((await ask('/invocations', client)).status, 200)
  letGo()
  assert.deepEqual(
    statuses(await Promise.all([first, ...others])),
    Array.from({ length: 7 }, () => 200),
  )
  const turns = lines()
    .filter(({ msg, route }) => msg === 'request' && route === '/trees/:id')
    .map(({ key }) => key)
  assert.equal(turns[0], 'greedy')
  assert.ok(
    turns.lastIndexOf('polite') <= 5,
    `the second of two polite requests came after four greedy ones that had come before: ${turns.join(' ')}`,
  )
})

test('who has waited for a place in vain is told for how long, and who has the places', async (t) => {
  const { ask, tree, greedy, polite, slowTree, backends } = await shared(t, { heavy: 1, wait: 300 })
  const { path, letGo } = await slowTree()
  const slow = ask(path, greedy)
  await until('it is at work', async () => (await backends('locked')) === 1)
  const refused = await ask(tree, polite)
  assert.equal(
    assertProblem('unavailable', refused).detail,
    'No place became free within the 0.3 s that a request may wait: 1 of at most 1 trees, lists of trees or figures are being worked on, 0 of them for this client, which may have 1; 0 wait',
  )
  assert.match(refused.headers['retry-after'] ?? '', /^[123]$/)
  assert.match(refused.headers['content-security-policy'] ?? '', /default-src 'none'/)
  letGo()
  assert.equal((await slow).status, 200)
})

for (const form of ['json', 'ndjson']) {
  test(`a reader that does not read its tree (${form}) gives its place to another client that waits, and its backend is free`, async (t) => {
    const { log, lines } = memoryLog()
    const { base, pool, ask, tree, greedy, polite, backends } = await shared(t, { heavy: 1 }, { log })
    const large = `${await addLargeTree(pool)}?format=${form}`
    const response = await unread(t, base + large, greedy)
    assert.equal((await ask(tree, polite)).status, 200)
    await until('no backend is in a transaction', async () => (await backends('idle in transaction')) === 0, 2000)
    assert.ok(lines().some(({ msg }) => msg === 'an answer was cut off for others: its reader stalled'))
    await assert.rejects(async () => {
      for await (const chunk of response) assert.ok(chunk)
    }, /aborted/)
  })
}

/** How many were, by what the log has counted so far. */
function connectionsCutOff(lines: Line[]): number {
  return lines.reduce((sum, { stalled = 0 }) => sum + stalled, 0)
}

test('a tree that waits for an earlier answer of its connection, which is still being made, has not stalled', async (t) => {
  const { log, lines } = memoryLog()
  const { base, pool, greedy, polite, slowTree, backends } = await shared(t, { stall: 500 }, { log })
  const large = await addLargeTree(pool)
  const { path, letGo } = await slowTree()
  const socket = pipelined(t, base, greedy, path, `${large}?format=ndjson`)
  const cutOff = (): number => connectionsCutOff(lines())
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await until('the second is held open', async () => (await backends('idle in transaction')) === 1)
  // One that came later, and does not read, is cut off.
  await unread(t, `${base}${large}?format=ndjson`, polite)
  await until('one is cut off', () => cutOff() > 0)
  letGo()
  await until('both are answered whole', () => text.includes('"type":"end"'))
  assert.equal(text.split('HTTP/1.1 200 ').length - 1, 2)
  assert.equal(cutOff(), 1)
})

test('a reader that does not read is cut off after a while though nobody waits, and its backend is free within two seconds', async (t) => {
  const { log, lines } = memoryLog()
  const { base, pool, greedy, backends } = await shared(t, { stall: 1000 }, { log })
  const large = await addLargeTree(pool)
  await Promise.all(['ndjson', 'ndjson', 'json'].map((form) => unread(t, `${base}${large}?format=${form}`, greedy)))
  await until('they are cut off', () => connectionsCutOff(lines()) === 3)
  await until('no backend is in a transaction', async () => (await backends('idle in transaction')) === 0, 2000)
})

test('what has been taken of an answer is known while the rest of it waits, also where it was written at once', async (t) => {
  const size = 30_000_000
  const served: Socket[] = []
  const server = createServer((socket) => {
    served.push(socket.on('error', () => undefined))
    socket.write(Buffer.alloc(size))
  })
  onTeardown(t, () => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTeardown(t, () => client.destroy())
  client.pause()
  const socket = await until('it is connected', () => served[0])
  const taken = (): number => takenOf(socket)
  await until('the buffers are full', () => taken() > 0)
  const before = taken()
  let read = 0
  client
    .on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read > size / 2) client.pause()
    })
    .resume()
  await until('more is taken', () => read > size / 2 && taken() > before)
  assert.ok(taken() >= read && taken() < size, `${taken()} of ${size}`)
  assert.ok(socket.writableLength > 0)
  client.removeAllListeners('data').resume()
  await until('all is taken', () => taken() === size)
})

test('five hundred requests at once on one connection are all answered, and keep no other client waiting for long', async (t) => {
  const { base, ask, tree, greedy, polite } = await shared(t, { pool: 5, concurrent: 20, heavy: 2 })
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  onTeardown(t, () => socket.destroy())
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const line = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: here\r\nAuthorization: ${greedy.authorization}\r\n\r\n`
  socket.write(line('/invocations?limit=1').repeat(500))
  const answered = (): number => text.split('HTTP/1.1 ').length - 1
  await until('the first is answered', () => answered() > 0)
  for (const path of ['/invocations', tree, '/jobs', tree]) assert.equal((await ask(path, polite)).status, 200, path)
  const before = answered()
  await until('all are answered', () => answered() === 500)
  assert.equal(text.split('HTTP/1.1 200 ').length - 1, 500)
  assert.ok(before < 500, 'the polite client was answered before the greedy one had all')
})

test('a client is a verified key or subject, otherwise an address, of IPv6 a /64', () => {
  const of = (name: string | null, ip: string): string =>
    clientOf({ access: { name, scopes: new Set() }, ip, socket: { remoteAddress: '192.0.2.9' } as Socket })
  assert.equal(of('dashboards', '192.0.2.1'), of('dashboards', '192.0.2.2'))
  assert.equal(of('token:ada', '192.0.2.1'), of('token:ada', '2001:db8::1'))
  assert.notEqual(of('token:ada', '192.0.2.1'), of('token:bob', '192.0.2.1'))
  assert.notEqual(of(null, '192.0.2.1'), of(null, '192.0.2.2'))
  assert.equal(of(null, '2001:db8:1:2::1'), of(null, '2001:db8:1:2:ffff::9'))
  assert.notEqual(of(null, '2001:db8:1:2::1'), of(null, '2001:db8:1:3::1'))
  assert.equal(of(null, '192.0.2.1:5001'), of(null, '192.0.2.1:5002'))
  assert.equal(of(null, 'junk'), of(null, '192.0.2.9'))
  assert.notEqual(of('192.0.2.1', '192.0.2.1'), of(null, '192.0.2.1'))
})

test('when a queue is as long as may be, further requests are refused, a moment later, with what is expected', async (t) => {
  const { ask, tree, greedy, slowTree, backends } = await shared(t, { heavy: 1, wait: patience(60_000) })
  // So many visits that the queue knows how long they take.
  for (let nth = 0; nth < 20; nth += 1) assert.equal((await ask(tree, greedy)).status, 200)
  const { path, letGo } = await slowTree()
  const first = ask(path, greedy)
  await until('it is at work', async () => (await backends('locked')) === 1)
  // A thousand and one, of which no machine answers so many within 400 ms.
  const answers: Array<Promise<Answer>> = []
  const refused: Answer[] = []
  for (let nth = 0; nth < 1001; nth += 1) {
    const answer = ask(tree, greedy)
    answers.push(answer)
    void answer.then((told) => told.status === 503 && refused.push(told))
  }
  const one = await until('one is refused', () => refused[0])
  assert.match(
    assertProblem('unavailable', one).detail,
    /^The next place would most likely be free in [\d.]+ s, and none waits that would wait longer than 0\.2 s \(twice that in a burst\): 1 of at most 1 trees, lists of trees or figures are being worked on, 1 of them for this client, which may have 1; \d+ wait$/,
  )
  assert.match(one.headers['retry-after'] ?? '', /^[123]$/)
  letGo()
  assert.equal((await first).status, 200)
  const statuses = new Set((await Promise.all(answers)).map(({ status }) => status))
  assert.deepEqual(
    [...statuses].toSorted((a, b) => a - b),
    [200, 503],
  )
})
