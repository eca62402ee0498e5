import assert from 'node:assert/strict'
import test from 'node:test'
import { fieldNames, fieldsOf, partOf } from '../../src/domain/fields.ts'

const columnsOf = {
  id: ['id'],
  stale: ['status', 'signOfLife'],
  'job.name': ['jobName'],
  'job.end.at': ['start', 'took'],
  'job.end.known': ['took'],
} as const

test('an object may be asked for by its own name', () => {
  assert.deepEqual(fieldNames(columnsOf), ['id', 'stale', 'job', 'job.name', 'job.end', 'job.end.at', 'job.end.known'])
  const { selection, columns } = fieldsOf('job', columnsOf)
  assert.deepEqual(selection, { job: { name: true, end: { at: true, known: true } } })
  assert.deepEqual([...columns], ['jobName', 'start', 'took'])
})

test('what is asked for twice, or in another order, is the same', () => {
  const one = fieldsOf('job.end.known,id,job.end', columnsOf)
  assert.deepEqual(one, fieldsOf('id,job.end,id', columnsOf))
  assert.equal(one.text, 'id,job.end.at,job.end.known')
})

test('what the request looks at is read too, and not shown', () => {
  const { selection, columns } = fieldsOf('id', columnsOf, ['stale'])
  assert.deepEqual(selection, { id: true })
  assert.deepEqual([...columns], ['id', 'status', 'signOfLife'])
})

test('of lists each object is cut down; null stays, and what is not there stays away', () => {
  const { selection } = fieldsOf('id,job.name', columnsOf)
  const whole = [{ id: 1, job: [{ name: 'a', end: {} }, { name: null }] }, { id: 2, job: null }, { id: 3 }]
  assert.deepEqual(partOf(whole, selection), [
    { id: 1, job: [{ name: 'a' }, { name: null }] },
    { id: 2, job: null },
    { id: 3 },
  ])
})
