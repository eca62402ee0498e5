import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import { causeOf } from '../../src/domain/analysis/cause.ts'
import { rootsOf } from '../../src/domain/analysis/roots.ts'

test('what differs between failures of one cause is masked, and words are not', () => {
  const causes: Array<[message: string | null, cause: string]> = [
    [null, ''],
    ['', ''],
    ['Payment was declined', 'Payment was declined'],
    ["Payment 0f8fad5b-d9cb-469f-a165-70867728950e was declined: 'card expired'", 'Payment [id] was declined: [value]'],
    ["can't read it, and the user's cart isn't there", "can't read it, and the user's cart isn't there"],
    ['Key (order_id)=(41885) already exists', 'Key (order_id)=([number]) already exists'],
    ['duplicate key violates "orders_pkey"', 'duplicate key violates [value]'],
    ['connect ECONNREFUSED 10.0.3.17:5432', 'connect ECONNREFUSED [address]'],
    ['getaddrinfo ENOTFOUND db-3.internal:5432', 'getaddrinfo ENOTFOUND [address]'],
    ['connect to [2001:db8::1]:443 failed', 'connect to [address] failed'],
    ['GET https://api.example.com/v1/orders/17?x=1 returned 502', 'GET [address] returned [number]'],
    ['mail to ann.lee+x@example.co.uk bounced', 'mail to [address] bounced'],
    ['took 1,234.5 ms of -3', 'took [number] ms of [number]'],
    ['order-41885 and order41885, S3 and v2', 'order-[number] and order[number], S3 and v2'],
    ['trace 4bf92f3577b34da6a3ce929d0e0e4736 at 01HV7Q3A9T5M2K8XJ4W6ZB0C1D', 'trace [id] at [id]'],
    ['first line\n    at save (/srv/app/save.js:3:4)', 'first line'],
    ["Cannot find module '/srv/app/x.js'", 'Cannot find module [value]'],
    ['Zeitüberschreitung nach 30 s', 'Zeitüberschreitung nach [number] s'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ]
  assert.deepEqual(
    causes.map(([message]) => causeOf(message)),
    causes.map(([, cause]) => cause),
  )
})

const word = fc.constantFrom('payment', 'declined', 'of', 'order', "can't", 'Über', '支払い', 'S3', 'user-id', '→', ':')
const words = fc.array(word, { minLength: 1, maxLength: 5 }).map((all) => all.join(' '))
const hexId = fc
  .string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 12, maxLength: 40 })
  .map((text) => `1a${text}`)
/** Pairs of values that stand for each other. */
const kinds: Array<fc.Arbitrary<string>> = [
  fc.uuid(),
  hexId,
  fc.nat().map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(2)),
  fc.string({ maxLength: 20 }).map((text) => `"${text.replaceAll(/["\n\r\\/]/g, '')}"`),
  fc.ipV4(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`),
  fc.emailAddress({ localPart: undefined } as never).filter((text) => /^[\w.+-]+@/.test(text)),
  // What ends a path within quotes is the business of shownMessage.
  fc.webUrl({ withQueryParameters: true }).filter((url) => !url.includes("'")),
]

test('two messages that differ in a value of one kind alone have one cause', () => {
  const message = fc
    .tuple(words, words, fc.constantFrom(...kinds))
    .chain(([before, after, kind]) =>
      fc.tuple(kind, kind).map((values) => values.map((value) => `${before} ${value} ${after}`)),
    )
  fc.assert(
    fc.property(message, ([a = '', b = '']) => assert.equal(causeOf(a), causeOf(b))),
    { numRuns: 2000 },
  )
})

test('a cause has no cause of its own, is one short line, and holds no id', () => {
  const message = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.tuple(words, ...kinds, words).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(message, (text) => {
      const cause = causeOf(text)
      assert.doesNotMatch(cause, /\d{3}|[\n\r]/)
      assert.ok(Array.from(cause).length <= 200)
    }),
    { numRuns: 2000 },
  )
  for (let n = 0; n < 100; n += 1) assert.equal(causeOf(`of ${randomUUID()}`), 'of [id]')
})

test('words alone are their own cause', () => {
  fc.assert(fc.property(words, (text) => assert.equal(causeOf(text), text)))
})

test('a message of 500 hostile characters is looked at in no time', () => {
  const started = process.cpuUsage()
  for (const piece of ["'", '"', 'a:', '1.', '1,', 'a-', 'a.b:', ':', 'a1', '[', '@a', 'a@', '://', '0f', '1_'])
    causeOf(piece.repeat(500 / piece.length))
  const { user } = process.cpuUsage(started)
  assert.ok(user < 2_000_000, `${user} µs of a processor: something takes more than linear time`)
})

test('the root of each invocation is found, on chains, in trees and on cycles, each passed once', () => {
  const forests = fc.array(fc.nat(30), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(forests, (parents) => {
      // Invocation n hangs below parents[n]; those that are 0, or not there, are roots. Cycles come about by chance.
      const pairs = parents.flatMap((parent, n) =>
        parent === 0 || parent > parents.length ? [] : [{ id: String(n), parentId: String(parent) }],
      )
      const up = new Map(pairs.map(({ id, parentId }) => [id, parentId]))
      const climbed = (id: string): string => {
        const seen: string[] = []
        for (let at: string | undefined = id; at !== undefined; at = up.get(at)) {
          if (seen.includes(at)) return seen.slice(seen.indexOf(at)).toSorted()[0] ?? ''
          seen.push(at)
        }
        return seen.at(-1) ?? ''
      }
      const ids = parents.map((_, n) => String(n))
      const roots = rootsOf(ids, pairs)
      assert.deepEqual(
        ids.map((id) => roots.get(id)),
        ids.map(climbed),
      )
    }),
  )
  const deep = Array.from({ length: 50_000 }, (_, n) => ({ id: String(n + 1), parentId: String(n) }))
  const roots = rootsOf(['50000', '25000'], deep)
  assert.deepEqual([roots.get('50000'), roots.get('25000')], ['0', '0'])
})
