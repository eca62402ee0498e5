import assert from 'node:assert/strict'
import test from 'node:test'
import { findApiKey, makeApiKey, readApiKeys } from '../../src/access/api-key.ts'
import { isLoopback, isLoopbackHost } from '../../src/access/loopback.ts'

const hash = `sha256:${'0123456789abcdef'.repeat(4)}`
const right = { name: 'ci', hash, scopes: ['read'] }

test('what is wrong in a list of keys is told in a sentence, which repeats nothing but names', () => {
  const wrong: Array<[given: unknown, sentence: string]> = [
    [{ keys: [] }, 'it is not a JSON array of up to 1000 keys'],
    [Array.from({ length: 1001 }, () => right), 'it is not a JSON array of up to 1000 keys'],
    [[null], 'key 1 needs a name'],
    [['hunter2'], 'key 1 needs a name'],
    [[right, { ...right, name: 'hunter2 is long' }], 'key 2 needs a name'],
    [[{ ...right, name: 'n'.repeat(65) }], 'key 1 needs a name'],
    [[{ ...right, name: 'token:ada' }], 'key 1 needs a name'],
    [[{ ...right, hash: 'hunter2' }], 'key 1 (ci) needs a hash'],
    [[{ ...right, hash: hash.slice(7) }], 'key 1 (ci) needs a hash'],
    [[{ ...right, hash: hash.toUpperCase() }], 'key 1 (ci) needs a hash'],
    [[{ ...right, hash: `${hash}00` }], 'key 1 (ci) needs a hash'],
    [[{ ...right, scopes: [] }], 'key 1 (ci) needs scopes: some of read, read:payload, metrics'],
    [[{ ...right, scopes: ['read', 'hunter2'] }], 'key 1 (ci) needs scopes'],
    [[{ ...right, scopes: 'read' }], 'key 1 (ci) needs scopes'],
    [[{ ...right, expires: 'hunter2' }], 'key 1 (ci) expires at'],
    [[{ ...right, expires: 1_800_000_000 }], 'key 1 (ci) expires at'],
    [[{ ...right, expires: null }], 'key 1 (ci) expires at'],
    [[{ ...right, expire: 'hunter2' }], 'key 1 (ci) has a field besides name, hash, scopes, expires'],
    [[right, right], 'two keys are named ci'],
    [[right, { ...right, name: 'other' }], 'other has the hash of another key'],
  ]
  for (const [given, sentence] of wrong) {
    assert.throws(
      () => readApiKeys(JSON.stringify(given)),
      ({ message }: Error) => message.startsWith(sentence) && !/hunter2|0123456789/.test(message),
      `${JSON.stringify(given)} is not told: ${sentence}`,
    )
  }
  for (const text of ['', 'hunter2', '[{"name": "hunter2"', `${JSON.stringify([right])},`])
    assert.throws(() => readApiKeys(text), /^Error: it is not a JSON array of up to 1000 keys$/)
  assert.deepEqual(readApiKeys('[]'), [])
})

test('a key is found by itself and by nothing else', () => {
  const made = ['a', 'b', 'c'].map((name) => makeApiKey({ name, scopes: ['read'] }))
  const keys = readApiKeys(JSON.stringify(made.map(({ entry }) => entry)))
  for (const { key, entry } of made) {
    assert.equal(findApiKey(keys, key)?.name, entry.name)
    for (const other of [`${key} `, key.slice(0, -1), key.toUpperCase(), entry.hash, entry.hash.slice(7), ''])
      assert.equal(findApiKey(keys, other), undefined)
    assert.equal(findApiKey([], key), undefined)
  }
  assert.equal(new Set(made.map(({ key }) => key)).size, 3)
})

test('names of this machine', () => {
  for (const name of ['localhost', 'LocalHost', '127.0.0.1', '127.255.1.2', '::1', '[::1]'])
    assert.ok(isLoopback(name), name)
  for (const name of [
    '',
    '0.0.0.0',
    '::',
    '127.0.0.1.example',
    '127.1',
    'localhost.',
    'a.localhost',
    '::ffff:1.2.3.4',
    '128.0.0.1',
    'localhost\n',
  ])
    assert.ok(!isLoopback(name), name)
  for (const host of ['localhost', 'localhost:1', '[::1]:65535', '127.0.0.1:80']) assert.ok(isLoopbackHost(host), host)
  for (const host of ['localhost:', 'localhost:123456', 'example:80', '[::1]x:80', 'localhost:80:80'])
    assert.ok(!isLoopbackHost(host), host)
})
