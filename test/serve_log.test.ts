import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import test from 'node:test'
import { freePort } from '../src/db/embedded/port.ts'
import { database } from './support/database.ts'
import { addInvocation } from './support/rows.ts'
import { serve } from './support/serve.ts'
import { until } from './support/until.ts'

test(
  'a log that cannot be written, for its disk is full, ends nothing',
  { skip: !existsSync('/dev/full') && 'there is no /dev/full here' },
  async (t) => {
    const { url } = await database(t)
    const port = await freePort(0)
    const service = await serve(t, { DATABASE_URL: url, PORT: String(port) }, 'exec >/dev/full')
    const status = (path: string): Promise<number> =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        (answer) => answer.status,
        () => 0,
      )
    await until(
      'it is ready',
      async () => {
        assert.equal(service.text(), '')
        return (await status('/health/ready')) === 200
      },
      60_000,
    )
    assert.equal(await status('/jobs'), 200)
    service.kill('SIGTERM')
    assert.equal(await service.ended(), 0, service.text())
  },
)

test('a start says that most links are not recorded, and is ready all the same', async (t) => {
  const { url, pool } = await database(t)
  await addInvocation(pool, { source_event_payload: `{"__sourceJobId": "${randomUUID()}"}` })
  const service = await serve(t, { DATABASE_URL: url, PORT: '0' })
  await until(
    'the log tells',
    () => service.text().includes('1 of the last 1 invocations without a source job'),
    60_000,
  )
  assert.match(service.text(), /ready: open /)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0, service.text())
})
