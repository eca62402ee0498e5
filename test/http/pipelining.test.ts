import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import Fastify from 'fastify'
import { MOST_AT_ONCE, MOST_WAITING, registerPipelining } from '../../src/http/connection/pipelining.ts'
import { refuser } from '../../src/http/connection/refusal.ts'
import { registerRequestLog } from '../../src/http/lifecycle/request-log.ts'
import { registerErrors } from '../../src/http/problems/answer.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Gate {
  /** The numbers of the requests that were begun, in order. */
  begun: number[]
  /** How many were at work at once, at most. */
  most: () => number
  /** Lets this many more of them answer. */
  open: (count: number) => void
  send: (...numbers: number[]) => Socket
  /** The same as another client. */
  sendAs: (client: string, ...numbers: number[]) => Socket
  received: () => string
}

const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, nth) => from + nth)

/** A service whose one resource answers with the number that it was asked for, when it is let. */
async function gate(t: TestContext): Promise<Gate> {
  const app = Fastify()
  onTeardown(t, () => app.close())
  registerErrors(app)
  registerRequestLog(app)
  registerPipelining(app, refuser(app).refuse, ({ host }) => host)
  const begun: number[] = []
  let working = 0
  let most = 0
  let room = 0
  const waiting: Array<() => void> = []
  app.get<{ Params: { n: string } }>('/:n', async ({ params: { n } }) => {
    begun.push(Number(n))
    working += 1
    most = Math.max(most, working)
    if (room > 0) room -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    working -= 1
    return `<${n}>`
  })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  let text = ''
  const sendAs = (client: string, ...asked: number[]): Socket => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1')
    onTeardown(t, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.write(asked.map((n) => `GET /${n} HTTP/1.1\r\nHost: ${client}\r\n\r\n`).join(''))
    return socket
  }
  return {
    begun,
    most: () => most,
    open(count) {
      for (let nth = 0; nth < count; nth += 1) {
        const next = waiting.shift()
        if (next) next()
        else room += 1
      }
    },
    send: (...asked) => sendAs('here', ...asked),
    sendAs,
    received: () => text,
  }
}

const answersIn = (text: string): number[] => Array.from(text.matchAll(/<(\d+)>/g), ([, n]) => Number(n))

test('of the requests that one connection sends at once ten are worked on; all are answered, in order', async (t) => {
  const { begun, most, open, send, received } = await gate(t)
  send(...numbers(2000))
  await until('ten are at work', () => begun.length === MOST_AT_ONCE)
  open(3)
  await until('three more are', () => begun.length === MOST_AT_ONCE + 3)
  open(2000)
  await until('all are answered', () => answersIn(received()).length === 2000)
  assert.deepEqual(answersIn(received()), numbers(2000))
  assert.deepEqual(begun, numbers(2000))
  assert.equal(most(), MOST_AT_ONCE)
})

test('requests of another connection do not wait for them', async (t) => {
  const { begun, open, send, received } = await gate(t)
  send(...numbers(50))
  await until('ten are at work', () => begun.length === MOST_AT_ONCE)
  send(100)
  await until('the other one is', () => begun.includes(100))
  open(51)
  await until('all are answered', () => answersIn(received()).length === 51)
})

test('what waits on a connection that is closed is never begun, and others go on', async (t) => {
  const { begun, open, send, received } = await gate(t)
  const socket = send(...numbers(50))
  await until('ten are at work', () => begun.length === MOST_AT_ONCE)
  socket.destroy()
  send(100)
  await until('the other one is at work', () => begun.includes(100))
  open(11)
  await until('it is answered', () => answersIn(received()).includes(100))
  assert.deepEqual(begun, [...numbers(MOST_AT_ONCE), 100])
})

test('beyond so many that wait on all connections they are refused, in their order', async (t) => {
  const { begun, open, send, received } = await gate(t)
  const each = 1500
  const sent = numbers(Math.ceil(MOST_WAITING / (each - MOST_AT_ONCE)))
  for (const _ of sent) send(...numbers(each))
  await until('ten of each are at work', () => begun.length === sent.length * MOST_AT_ONCE)
  send(...numbers(MOST_AT_ONCE + 300))
  open(sent.length * each + 300)
  await until(
    'all are answered',
    () => received().split('HTTP/1.1 ').length - 1 === sent.length * each + MOST_AT_ONCE + 300,
  )
  const refused = received().split('HTTP/1.1 503 ').length - 1
  assert.ok(refused > 0 && refused <= 300 + each)
  assert.match(
    received(),
    /"detail":"10 requests of this connection are not answered yet, and 10000 requests of all connections wait for earlier ones of theirs, 10000 of them for this address"/,
  )
})

test('one address that fills the room for what waits leaves another its equal part', async (t) => {
  const { begun, open, send, sendAs, received } = await gate(t)
  const each = 1500
  const sent = numbers(Math.ceil(MOST_WAITING / (each - MOST_AT_ONCE)))
  for (const _ of sent) send(...numbers(each))
  await until('ten of each are at work', () => begun.length === sent.length * MOST_AT_ONCE)
  send(...numbers(MOST_AT_ONCE + 1))
  const other = numbers(500, 5000)
  sendAs('there', ...other)
  await until('the other one is at work', () => begun.includes(5000))
  open(sent.length * each + MOST_AT_ONCE + other.length)
  await until('all of the other one are answered', () => answersIn(received()).filter((n) => n >= 5000).length === 500)
  assert.match(received(), /HTTP\/1\.1 503 /, 'the one that filled it is refused')
})
