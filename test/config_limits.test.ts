import assert from 'node:assert/strict'
import test from 'node:test'
import { readConfig } from '../src/config/read.ts'
import { addressesOf, connectionsPerAddress, memoryWithin, originsOf } from '../src/config/limits.ts'

const GIB = 1024 ** 3

test('limits that are not given follow from the size of the pool and the memory there is', () => {
  assert.deepEqual(readConfig({}).limits, {
    connections: 5000,
    connectionsPerAddress: undefined,
    heavy: 5,
    concurrent: 20,
    pool: 10,
    wait: 1000,
    connect: 5000,
    stall: 10_000,
    delay: 250,
    memory: undefined,
    request: 10_000,
    answer: 30_000,
    stream: 120_000,
    rate: 12_000,
    url: 16_384,
    body: 1024,
    page: 1000,
    depth: 100_000,
    nodes: 1_000_000,
  })
  assert.equal(memoryWithin(10 * GIB), 9 * GIB)
  assert.deepEqual([1, 7, 5000].map(connectionsPerAddress), [1, 7, 4500])
  assert.deepEqual(readConfig({ POOL_SIZE: '1' }).limits.heavy, 1, 'there is room for one tree on one connection')
})

test('limits that are given are taken', () => {
  const { limits } = readConfig({
    MAX_CONNECTIONS: '7',
    MAX_CONNECTIONS_PER_ADDRESS: '3',
    MAX_HEAVY: '3',
    MAX_CONCURRENT: '20',
    MAX_WAIT: '0',
    STALL_TIMEOUT: '5',
    CONNECT_TIMEOUT: '1',
    MAX_DELAY: '0',
    MAX_MEMORY: '512',
    REQUEST_TIMEOUT: '3',
    ANSWER_TIMEOUT: '5',
    STREAM_TIMEOUT: '9',
    RATE_LIMIT: '0',
    MAX_URL: '2048',
    MAX_BODY: '0',
    MAX_PAGE: '100',
    MAX_DEPTH: '10',
    MAX_NODES: '500',
  })
  assert.deepEqual(limits, {
    connections: 7,
    connectionsPerAddress: 3,
    heavy: 3,
    concurrent: 20,
    pool: 10,
    wait: 0,
    connect: 1000,
    stall: 5000,
    delay: 0,
    memory: 0.5 * GIB,
    request: 3000,
    answer: 5000,
    stream: 9000,
    rate: 0,
    url: 2048,
    body: 0,
    page: 100,
    depth: 10,
    nodes: 500,
  })
})

test('origins are a list with commas; what is no origin is refused', () => {
  assert.deepEqual(originsOf(undefined), [])
  assert.deepEqual(originsOf('https://a.example, http://b.example:8080,*'), [
    'https://a.example',
    'http://b.example:8080',
    '*',
  ])
  for (const text of [
    'a.example',
    'https://a.example/',
    'https://A.example',
    'ftp://a.example',
    'null',
    'https://user@a.example',
    '',
    ',',
    'https://*.example/x',
  ])
    assert.equal(originsOf(text), undefined, text)
})

test('proxies are addresses and networks with commas; a name is refused', () => {
  assert.deepEqual(addressesOf(undefined), [])
  assert.deepEqual(addressesOf('10.0.0.5, 10.1.0.0/16,fd00::/8,::1'), ['10.0.0.5', '10.1.0.0/16', 'fd00::/8', '::1'])
  for (const text of [
    'proxy.example',
    '10.0.0',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'true',
    '1',
    '',
    ',',
    '0.0.0.0/0',
    '::/0',
    'fe80::1%eth0',
  ])
    assert.equal(addressesOf(text), undefined, text)
})
