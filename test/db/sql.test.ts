import assert from 'node:assert/strict'
import test from 'node:test'
import { composed, identifier, sql } from '../../src/db/sql.ts'

test('a name is made of letters, digits and _ alone: any other text could be more than a name', () => {
  assert.equal(identifier('sourceSystem').text, '"sourceSystem"')
  assert.equal(identifier('index_2').text, '"index_2"')
  assert.deepEqual(identifier('created_at').values, [])
  for (const given of [
    '',
    ' ',
    '1',
    '1a',
    'a b',
    'a"b',
    '"',
    'a"; drop table invocations; --',
    'a.b',
    'a\n',
    'a$1',
    'ä',
  ])
    assert.throws(() => identifier(given), /no name: /)
})

test('a composed statement has one text for all values, and fits into others as any statement does', () => {
  const statement = composed(['id', 'limit'], ({ id, limit }) => sql`select ${id}::uuid, ${7} limit ${limit} + ${id}`)
  const [first, second] = [statement({ id: 'a', limit: 1 }), statement({ id: 'b', limit: null })]
  assert.equal(first.text, 'select $1::uuid, $2 limit $3 + $4')
  assert.equal(second.text, first.text)
  assert.deepEqual(
    [first.values, second.values],
    [
      ['a', 7, 1, 'a'],
      ['b', 7, null, 'b'],
    ],
  )
  const around = sql`select ${0} from (${second}) s`
  assert.equal(around.text, 'select $1 from (select $2::uuid, $3 limit $4 + $5) s')
  assert.deepEqual(around.values, [0, 'b', 7, null, 'b'])
})
