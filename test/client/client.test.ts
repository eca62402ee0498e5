import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type TestContext } from 'node:test'
import { createClient, ServiceError, type ListPath, type TreeLine } from '../../src/client/client.ts'
import { addExample, lists, NOBODY } from '../support/endpoints.ts'
import { apiKeys } from '../support/keys.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

async function collected<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const each of from) all.push(each)
  return all
}

test('rows and pages of every list are all that the list holds, in its order', async (t) => {
  const { pool, get, listen } = await service(t)
  await addExample(pool)
  await addExample(pool)
  const client = createClient({ baseUrl: await listen() })
  assert.ok(lists.length >= 5)
  for (const path of lists as ListPath[]) {
    const { json } = await get<{ data: Array<{ id?: string }> }>(`${path}?limit=1000`)
    assert.ok(json.data.length >= 2, path)
    assert.deepEqual(await collected(client.rows(path, { limit: 1 })), json.data, path)
    const pages = await collected(client.pages(path, { limit: 1, order: 'asc' }))
    assert.equal(pages.length, json.data.length, path)
    assert.deepEqual(pages.flatMap(({ data }): unknown[] => data).reverse(), json.data, path)
    assert.equal(new Set(pages.map(({ page }) => `${page.from} ${page.to}`)).size, 1, `${path}: one window`)
  }
})

test('pages begin at the cursor that is given, and ask for no more than is taken', async (t) => {
  const { pool, listen } = await service(t)
  const ids: string[] = []
  for (let second = 0; second < 4; second++)
    ids.unshift(await addInvocation(pool, { created_at: new Date(Date.now() - 60_000 + second * 1000).toISOString() }))
  const asked: string[] = []
  const client = createClient({
    baseUrl: await listen(),
    fetch: (request: Request) => {
      asked.push(new URL(request.url).search)
      return fetch(request)
    },
  })
  for await (const { page } of client.pages('/invocations', { limit: 2 })) {
    const rest = await collected(client.rows('/invocations', { limit: 2, cursor: page.nextCursor ?? '' }))
    assert.deepEqual(
      rest.map(({ id }) => id),
      ids.slice(2),
    )
    break
  }
  assert.equal(asked.length, 2)
})

test('a refusal is thrown as the problem that was answered, and its time to wait', async (t) => {
  const { listen } = await service(t)
  const client = createClient({ baseUrl: await listen() })
  await assert.rejects(collected(client.rows('/jobs', { limit: 0 })), (error: unknown) => {
    assert.ok(error instanceof ServiceError)
    assert.equal(error.problem.status, 400)
    assert.deepEqual(
      error.problem.errors?.map(({ parameter }) => parameter),
      ['limit'],
    )
    assert.match(error.message, /^The request does not match the schema: /)
    return true
  })
  await assert.rejects(collected(client.treeLines(NOBODY)), { name: 'ServiceError', retryAfter: undefined })
  const busy = createClient({
    baseUrl: await answering(t, (_, response) => response.writeHead(503, { 'retry-after': '3' }).end('busy')),
  })
  await assert.rejects(collected(busy.pages('/trees')), {
    name: 'ServiceError',
    retryAfter: 3,
    message: /^Service Unavailable: http:\S+ answered 503$/,
  })
})

test('the key is sent with every request, and a signal ends one', async (t) => {
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'dashboard', scopes: ['read'] })
  const { pool, listen } = await service(t, {
    anonymousScopes: [],
    credentials: { keys, keysFile: undefined, tokens: undefined },
  })
  await addExample(pool)
  const baseUrl = await listen()
  await assert.rejects(collected(createClient({ baseUrl }).rows('/jobs')), { name: 'ServiceError' })
  const client = createClient({ baseUrl, key, headers: { 'x-request-id': 'mine' } })
  assert.equal((await collected(client.rows('/jobs'))).length, 2)
  assert.equal((await client.GET('/jobs')).response.headers.get('x-request-id'), 'mine')
  await assert.rejects(collected(client.rows('/jobs', {}, AbortSignal.abort())), { name: 'AbortError' })
  await assert.rejects(collected(client.treeLines(NOBODY, {}, AbortSignal.abort())), { name: 'AbortError' })
})

test('the lines of a tree are its head, its nodes, what is left out and its figures', async (t) => {
  const { pool, get, listen } = await service(t)
  const root = await addInvocation(pool, { source_function: 'ünïcode 🚚 '.repeat(20) })
  const job = await addJob(pool, root)
  for (let row = 0; row < 300; row++) await addInvocation(pool, { source_job_id: job })
  const client = createClient({ baseUrl: await listen() })
  const { json: tree } = await get(`/trees/${root}?shape=flat`)
  const lines = await collected(client.treeLines(root))
  const [head, ...others] = lines
  const end = others.pop()
  const { nodes, summary, truncated, asOf: _, ...place } = tree
  assert.ok(head?.type === 'tree')
  assert.deepEqual({ ...head, asOf: '' }, { type: 'tree', ...place, asOf: '' })
  assert.deepEqual(end, { type: 'end', summary, truncated })
  assert.deepEqual(
    others,
    (nodes as object[]).map((node) => Object.assign(node, { type: 'node' })),
  )
  const cut = await collected(client.treeLines(root, { maxNodes: 101 }))
  const more = cut.find((line): line is TreeLine & { type: 'more' } => line.type === 'more')
  assert.deepEqual([more?.jobId, more?.invocations], [job, 200])
  assert.deepEqual(cut.at(-1)?.type, 'end')
})

const HEAD = '{"type":"tree"}\n'

test('lines that end early, or with a problem, are thrown and never taken for a whole tree', async (t) => {
  const problem = { type: '/problems/timeout', title: 'Too slow', status: 504, detail: 'It took too long' }
  const bodies = [HEAD, HEAD + '{"type":"node"}\n{"type":"e', HEAD + JSON.stringify({ type: 'error', problem }) + '\n']
  const messages: string[] = []
  for (const body of bodies) {
    const baseUrl = await answering(t, (_, response) =>
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(body),
    )
    await collected(createClient({ baseUrl }).treeLines(NOBODY)).catch((error: unknown) => {
      assert.ok(error instanceof ServiceError)
      messages.push(error.message)
    })
  }
  const early = `The tree is incomplete: the lines of tree ${NOBODY} ended before the line of type end`
  assert.deepEqual(messages, [early, early, 'Too slow: It took too long'])
})

test('who takes no more lines ends the request', async (t) => {
  let closed = false
  const baseUrl = await answering(t, (_, response) => {
    response.once('close', () => (closed = true))
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(HEAD)
  })
  for await (const { type } of createClient({ baseUrl }).treeLines(NOBODY)) {
    assert.equal(type, 'tree')
    break
  }
  await until('the service sees the connection closed', () => closed)
})

test('an answer that has other forms is typed as JSON, and as a string with parseAs', async (t) => {
  const { pool, listen } = await service(t)
  const id = await addInvocation(pool, { status: 'failed' })
  const client = createClient({ baseUrl: await listen() })
  const path = { id }
  const found: Record<string, number | string | undefined> = {
    nodes: (await client.GET('/dependencies')).data?.nodes.length,
    tree: (await client.GET('/trees/{id}', { params: { path } })).data?.tree?.status,
    segments: (await client.GET('/trees/{id}/critical-path', { params: { path } })).data?.segments.length,
    rootCauses: (await client.GET('/trees/{id}/failures', { params: { path } })).data?.rootCauses.count,
  }
  assert.deepEqual(found, { nodes: 0, tree: 'failed', segments: 1, rootCauses: 1 })
  const { data: text = '' } = await client.GET('/trees/{id}', {
    params: { path, query: { format: 'text' } },
    parseAs: 'text',
  })
  assert.ok(text.includes(id))
  const wrong = await client.GET('/trees/{id}', { params: { path: { id: 'x' } } })
  assert.equal(wrong.error?.errors?.[0]?.parameter, 'id')
})

/** A server that answers each request so; its base URL. */
async function answering(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTeardown(t, () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
