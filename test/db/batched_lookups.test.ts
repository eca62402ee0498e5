import assert from 'node:assert/strict'
import test from 'node:test'
import { batchedLookups } from '../../src/db/pool/batched-lookups.ts'

test('what nobody waits for any more is left out of the next statement', async () => {
  const asked: number[][] = []
  const held: Array<() => void> = []
  const lookup = batchedLookups<number, { nth: number; key: number }>(async (keys) => {
    asked.push(keys)
    await new Promise<void>((resolve) => held.push(resolve))
    return keys.map((key, nth) => ({ nth, key }))
  }, 1)
  const leaving = new AbortController()
  const [first, gone, stays] = [lookup(1), lookup(2, leaving.signal), lookup(3, new AbortController().signal)]
  leaving.abort()
  held.shift()?.()
  assert.deepEqual(await first, [{ nth: 0, key: 1 }])
  await assert.rejects(gone, { code: 'ABANDONED' })
  held.shift()?.()
  assert.deepEqual(await stays, [{ nth: 0, key: 3 }])
  assert.deepEqual(asked, [[1], [3]])
})
