import assert from 'node:assert/strict'
import test from 'node:test'
import { yieldTurn } from '../../src/db/pool/yield-turn.ts'

test('each has a turn of the event loop of its own, in the order in which they came', async () => {
  let turn = 0
  let counting = true
  const count = (): void => {
    turn += 1
    if (counting) setImmediate(count)
  }
  setImmediate(count)
  const turns: Array<[name: string, turn: number]> = []
  await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      await yieldTurn()
      turns.push([name, turn])
    }),
  )
  await yieldTurn()
  turns.push(['later', turn])
  counting = false
  assert.deepEqual(
    turns.map(([name]) => name),
    ['a', 'b', 'c', 'later'],
  )
  assert.equal(new Set(turns.map(([, at]) => at)).size, 4, JSON.stringify(turns))
})
