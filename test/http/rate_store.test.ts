import assert from 'node:assert/strict'
import test from 'node:test'
import { rateStore } from '../../src/http/protect/rate-store.ts'

test('counts begin anew after their window, and beyond the most that are kept the one that was used longest ago goes first', (t) => {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const Store = rateStore(3)
  const store = new Store({})
  const count = (key: string): [number, number] => {
    let found: [number, number] = [0, 0]
    store.incr(
      key,
      (_error, result) => {
        found = [result?.current ?? 0, result?.ttl ?? 0]
      },
      1000,
      10,
    )
    return found
  }
  assert.deepEqual(count('a'), [1, 1000])
  now = 400
  assert.deepEqual(count('a'), [2, 600])
  assert.deepEqual(
    [count('b'), count('c'), count('a')],
    [
      [1, 1000],
      [1, 1000],
      [3, 600],
    ],
  )
  assert.deepEqual(count('d'), [1, 1000])
  assert.deepEqual(
    [count('a'), count('b')],
    [
      [4, 600],
      [1, 1000],
    ],
    'b was used longest ago',
  )
  now = 1000
  assert.deepEqual(count('a'), [1, 1000])
})
