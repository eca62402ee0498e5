import assert from 'node:assert/strict'
import test from 'node:test'
import { retryAfter } from '../../src/http/problems/retry-after.ts'

test('who is refused is told to come again when what waits is over, in one of three seconds', () => {
  for (const [wait, first] of [
    [0, 1],
    [400, 1],
    [1000, 1],
    [2500, 3],
  ] as const) {
    const told = Array.from({ length: 300 }, (_, nth) => retryAfter(wait, nth / 300))
    assert.deepEqual([...new Set(told)], [first, first + 1, first + 2], `${wait} ms`)
    assert.equal(told.filter((seconds) => seconds === first).length, 100, 'as many in each')
  }
})
