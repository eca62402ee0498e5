import assert from 'node:assert/strict'
import test from 'node:test'
import { createPasses, type Looked } from '../../src/workers/links/passes.ts'
import { database } from '../support/database.ts'
import { linkWriter } from '../support/links.ts'

const MINUTE = 60_000

test('the last minute is looked through each time, 15 minutes each minute, 24 hours each hour; a long pass goes on where it was', async (t) => {
  const { url } = await database(t)
  const { writer, lease } = await linkWriter(t, url)
  let now = 0
  /** Which passes looked since the last time, by their length in minutes. */
  let looked: number[] = []
  let answer: (minutes: number) => Looked = () => ({ rows: 10, end: null })
  const passes = createPasses(
    async (_writer, _lease, { from }) => {
      const minutes = Math.round((Date.now() - Date.parse(from ?? '')) / MINUTE)
      looked.push(minutes)
      return answer(minutes)
    },
    new AbortController().signal,
    () => now,
  )
  const goOn = async (at: number): Promise<number[]> => {
    now = at
    looked = []
    assert.equal(await passes.goOn(writer, lease), true)
    return looked
  }
  assert.equal(passes.daySeen(), false)
  assert.deepEqual(await goOn(0), [1, 15, 1440])
  assert.equal(passes.daySeen(), true)
  assert.deepEqual(await goOn(3000), [1])
  assert.deepEqual(await goOn(MINUTE), [1, 15])
  // Of a day with many rows a tick looks at no more than 10,000 beside the last minute.
  const somewhere = { createdAt: '2026-01-01 00:00:00+00', id: '00000000-0000-4000-8000-000000000000' }
  answer = (minutes) => (minutes === 1440 ? { rows: 6000, end: somewhere } : { rows: 10, end: null })
  assert.deepEqual(await goOn(60 * MINUTE), [1, 15, 1440, 1440])
  assert.deepEqual(passes.longest().position, somewhere)
  answer = () => ({ rows: 10, end: null })
  assert.deepEqual(await goOn(60 * MINUTE + 3000), [1, 1440])
  assert.equal(passes.longest().position, null)
  assert.deepEqual(await goOn(60 * MINUTE + 6000), [1])
})
