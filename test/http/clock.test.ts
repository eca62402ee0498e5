import assert from 'node:assert/strict'
import test from 'node:test'
import { generous, service } from '../support/service.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

test('a clock that jumps an hour back or forth neither locks anybody out nor lets anybody in', async (t) => {
  const { get } = await service(t, { limits: { ...generous, rate: 2 } })
  const ask = async () => {
    const { status, headers } = await get('/jobs')
    assert.match(String(headers['ratelimit-reset']), /^([1-9]|[1-5]\d|60)$/)
    return status
  }
  assert.deepEqual([await ask(), await ask(), await ask()], [200, 200, 429])
  const date = Date.now()
  for (const jump of [-HOUR, HOUR]) {
    t.mock.method(Date, 'now', () => date + jump)
    assert.equal(await ask(), 429)
  }
  const since = performance.now.bind(performance)
  t.mock.method(performance, 'now', () => since() + MINUTE)
  assert.equal(await ask(), 200, 'a minute later')
})
