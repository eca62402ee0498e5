import assert from 'node:assert/strict'
import test from 'node:test'
import { batchedLookups } from '../../src/db/pool/batched-lookups.ts'
import { until } from '../support/until.ts'

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

test('a statement is given up when all of its callers have left, and not before', async () => {
  const statements: Array<{ keys: number[]; signal: AbortSignal; end: () => void }> = []
  const lookup = batchedLookups<number, { nth: number }>(
    (keys, signal) =>
      new Promise((resolve, reject) => {
        statements.push({ keys, signal, end: () => resolve([]) })
        signal.addEventListener('abort', () => reject(new Error('given up')))
      }),
    1,
  )
  const [one, other] = [new AbortController(), new AbortController()]
  const first = lookup(1)
  const gone = [lookup(2, one.signal), lookup(3, other.signal)]
  const ends = Promise.allSettled(gone)
  statements[0]?.end()
  await first
  const shared = await until('the second statement runs', () => statements[1])
  assert.deepEqual(shared.keys, [2, 3])
  one.abort()
  const stays = [
    lookup(4, one.signal).catch((error: unknown) => error),
    lookup(5, new AbortController().signal),
    lookup(6),
  ]
  assert.equal(shared.signal.aborted, false, 'one of two has left')
  other.abort()
  assert.equal(shared.signal.aborted, true)
  assert.deepEqual(
    (await ends).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  const last = await until('the third statement runs', () => statements[2])
  assert.deepEqual(last.keys, [5, 6])
  last.end()
  assert.deepEqual((await Promise.all(stays)).slice(1), [[], []])
})

test('a caller who gives no signal stays, whoever else leaves', async () => {
  const signals: AbortSignal[] = []
  const ends: Array<() => void> = []
  const lookup = batchedLookups<number, { nth: number }>(
    (_keys, signal) =>
      new Promise((resolve) => {
        signals.push(signal)
        ends.push(() => resolve([]))
      }),
    1,
  )
  const first = lookup(1)
  const leaving = new AbortController()
  const both = [lookup(2, leaving.signal), lookup(3)]
  ends[0]?.()
  await first
  await until('the second statement runs', () => signals.length === 2)
  leaving.abort()
  assert.equal(signals[1]?.aborted, false)
  ends[1]?.()
  assert.deepEqual(await Promise.all(both), [[], []])
})
