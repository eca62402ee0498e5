import assert from 'node:assert/strict'
import test from 'node:test'
import { readConfig } from '../src/config.ts'
import { limitsOf, originsOf } from '../src/config/limits.ts'

const GIB = 1024 ** 3

test('limits that are not given follow from the size of the pool and the memory there is', () => {
  assert.deepEqual(limitsOf(readConfig({}), 10 * GIB), { heavy: 5, concurrent: 40, delay: 250, memory: 9 * GIB, answer: 30_000, rate: 30_000 })
  assert.deepEqual(limitsOf(readConfig({ POOL_SIZE: '1' }), GIB).heavy, 1, 'there is room for one tree on one connection')
})

test('limits that are given are taken', () => {
  const config = readConfig({ MAX_HEAVY: '3', MAX_CONCURRENT: '20', MAX_DELAY: '0', MAX_MEMORY: '512', ANSWER_TIMEOUT: '5', RATE_LIMIT: '0' })
  assert.deepEqual(limitsOf(config, 10 * GIB), { heavy: 3, concurrent: 20, delay: 0, memory: 0.5 * GIB, answer: 5000, rate: 0 })
})

test('origins are a list with commas; what is no origin is refused', () => {
  assert.deepEqual(originsOf(undefined), [])
  assert.deepEqual(originsOf('https://a.example, http://b.example:8080,*'), ['https://a.example', 'http://b.example:8080', '*'])
  for (const text of ['a.example', 'https://a.example/', 'https://A.example', 'ftp://a.example', 'null', 'https://user@a.example', 'https://*.example/x']) assert.equal(originsOf(text), undefined, text)
})
