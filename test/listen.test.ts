import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import test from 'node:test'
import { listen } from '../src/commands/listen.ts'
import { service } from './support/service.ts'

test('localhost is one server, whose limits hold for all that comes', async (t) => {
  const { app } = await service(t)
  const both = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  t.mock.method(dns, 'lookup', (name: string, ...rest: unknown[]) => {
    const then = rest.pop() as (error: null, ...found: unknown[]) => void
    const { all = false } = (rest[0] ?? {}) as { all?: boolean }
    const found = name === 'localhost' ? both : both.filter((each) => each.address === name)
    process.nextTick(() => (all ? then(null, found) : then(null, found[0]?.address, found[0]?.family)))
  })
  await listen(app, { host: 'localhost', port: 0 })
  const { address, port } = app.server.address() as AddressInfo
  assert.equal(address, '127.0.0.1')
  await assert.rejects(once(connect(port, '::1'), 'connect'), { code: /^(ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT)$/ })
})

test('an address that cannot be had is told in a sentence', async (t) => {
  const [one, two] = [await service(t), await service(t)]
  const port = Number(new URL(await one.listen()).port)
  await assert.rejects(listen(two.app, { host: '127.0.0.1', port }), {
    message: `cannot listen at 127.0.0.1:${port}: something else listens there; set PORT to another one (0 takes a free one)`,
  })
})
