import assert from 'node:assert/strict'
import test from 'node:test'
import { recordIdOf } from '../../src/dashboard/tree/panel/record-id.ts'

const changed = (id: unknown): unknown => ({ event: { data: { old: null, new: { id } } } })

test('the side panel leads to a record by its text or by a whole number, and not by a number that was rounded', () => {
  assert.equal(recordIdOf(changed('7/é')), '7/é')
  assert.equal(recordIdOf(changed(41885)), '41885')
  assert.equal(recordIdOf({ event: { data: { old: { id: 7 }, new: null } } }), '7')
  assert.equal(recordIdOf(JSON.parse('{"event":{"data":{"new":{"id":9007199254740993}}}}')), null)
  for (const id of ['', null, undefined, 1.5, true]) assert.equal(recordIdOf(changed(id)), null)
  assert.equal(recordIdOf(null), null)
})
