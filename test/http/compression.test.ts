import assert from 'node:assert/strict'
import test from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { addInvocation } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'

async function filled({ pool }: Service): Promise<void> {
  for (let n = 0; n < 20; n += 1) await addInvocation(pool)
}

const ways: Array<[accept: string, encoding: string, open: (body: Buffer) => Buffer]> = [
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
]

for (const [accept, encoding, open] of ways) {
  test(`a long answer comes as ${encoding} where ${accept} is accepted, and says the same`, async (t) => {
    const running = await service(t)
    await filled(running)
    const url = '/invocations?window=1h&order=asc'
    const plain = await running.app.inject({ url })
    const packed = await running.app.inject({ url, headers: { 'accept-encoding': accept } })
    assert.equal(packed.headers['content-encoding'], encoding)
    assert.match(String(packed.headers.vary), /accept-encoding/i)
    assert.ok(packed.rawPayload.length < plain.rawPayload.length / 4)
    const { data } = JSON.parse(open(packed.rawPayload).toString()) as { data: unknown }
    assert.deepEqual(data, plain.json<{ data: unknown }>().data)
  })
}

test('a short answer, and one to a client that asks for nothing, comes as it is', async (t) => {
  const running = await service(t)
  const short = await running.app.inject({ url: '/health/live', headers: { 'accept-encoding': 'br' } })
  assert.equal(short.headers['content-encoding'], undefined)
  await filled(running)
  const unasked = await running.app.inject({ url: '/invocations?window=1h' })
  assert.equal(unasked.headers['content-encoding'], undefined)
})

test('the bundle of the documentation, which is open to all, is not packed anew for each who asks', async (t) => {
  const { app } = await service(t)
  const { statusCode, headers } = await app.inject({
    url: '/docs/static/swagger-ui-bundle.js',
    headers: { 'accept-encoding': 'br, gzip' },
  })
  assert.deepEqual([statusCode, headers['content-encoding']], [200, undefined])
})

test('a streamed tree is packed on its way', async (t) => {
  const running = await service(t)
  const id = await addInvocation(running.pool)
  const base = await running.listen()
  const response = await fetch(`${base}/trees/${id}?format=ndjson`, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(response.headers.get('content-encoding'), 'gzip')
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type)
  assert.deepEqual(lines, ['tree', 'node', 'end'])
})
