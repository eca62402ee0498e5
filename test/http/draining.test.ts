import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:net'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { memoryLog } from '../support/log.ts'
import { addLargeTree } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

for (const [what, bytes] of [
  ['has said nothing', ''],
  ['has said half a request', 'GET /jobs HTTP/1.1\r\n'],
] as const) {
  test(`a connection that ${what} does not hold up the stop`, async (t) => {
    const { app, listen } = await service(t, { stopGrace: 60_000 })
    const { port } = new URL(await listen())
    const socket = connect(Number(port), '127.0.0.1')
    onTeardown(t, () => socket.destroy())
    await Promise.all([once(app.server, 'connection'), once(socket, 'connect')])
    socket.write(bytes)
    // What was sent and not read makes a reset of it.
    socket.on('error', () => undefined).resume()
    await app.close()
    await until('the connection is closed', () => socket.destroyed)
  })
}

test('an answer that is being read when the service stops is sent whole', async (t) => {
  const { app, listen, pool } = await service(t, { stopGrace: 60_000 })
  const url = (await listen()) + (await addLargeTree(pool))
  const [response] = (await once(http.get(url, { agent: false }), 'response')) as [http.IncomingMessage]
  let read = 0
  let closing: Promise<unknown> | undefined
  for await (const chunk of response) {
    read += (chunk as Buffer).length
    closing ??= app.close()
    // Slower than it is sent, so that most of it is still to be sent when the service stops.
    await pause(1)
  }
  assert.equal(read, Number(response.headers['content-length']))
  await closing
})

test('a reader that does not read is cut off when its time is over, and the log says so', async (t) => {
  const { log, lines } = memoryLog()
  const { app, listen, pool } = await service(t, { log, stopGrace: 300 })
  const url = (await listen()) + (await addLargeTree(pool))
  for (const path of ['', '?format=ndjson']) {
    const request = http.get(url + path, { agent: false })
    onTeardown(t, () => request.destroy())
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.on('error', () => undefined)
  }
  await app.close()
  assert.ok(lines().some(({ msg }) => msg === 'answers were cut off that took too long for the stop'))
})
