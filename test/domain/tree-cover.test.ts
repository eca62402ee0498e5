import assert from 'node:assert/strict'
import test from 'node:test'
import { treeCover } from '../../src/domain/summaries/cover.ts'

const at = (time: string): string => `2026-11-28T${time}.000000Z`
const OLDEST = at('01:00:00')
/** Hours that were looked at then, newest first. */
const hours = (...checked: Array<[hour: string, checkedAt: string]>) =>
  checked.map(([hour, checkedAt]) => ({ hour: at(`${hour}:00:00`), checkedAt: at(checkedAt) }))

test('trees are summed up to now while a worker is at work, and to when it stopped if none is', () => {
  const looked = hours(['09', '09:30:00'], ['08', '09:29:00'])
  assert.equal(treeCover(null, at('09:30:03'), looked, at('08:00:00'))?.current, true)
  assert.equal(treeCover(null, at('09:45:00'), looked, at('08:00:00'))?.current, false)
  assert.equal(treeCover(null, at('14:30:00'), looked, at('08:00:00'))?.current, false)
  // At the start of an hour the one before is the newest that was looked at.
  const before = hours(['09', '10:00:00'])
  assert.equal(treeCover(null, at('10:00:02'), before, at('09:00:00'))?.current, true)
  assert.equal(treeCover(at('09:10:00'), at('09:50:00'), before, at('09:00:00'))?.current, true)
})

test('an hour that was looked at before it ended, and not since, is a gap', () => {
  const stopped = hours(['10', '10:30:00'], ['09', '10:29:00'], ['08', '08:20:00'], ['07', '10:28:00'])
  assert.deepEqual(treeCover(null, at('10:30:00'), stopped, OLDEST), {
    checkedAt: at('10:29:00'),
    examinedFrom: at('09:00:00'),
    current: true,
  })
  assert.equal(treeCover(null, at('10:30:00'), [], OLDEST), null)
})
