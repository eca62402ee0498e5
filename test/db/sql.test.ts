import assert from 'node:assert/strict'
import test from 'node:test'
import { identifier } from '../../src/db/sql.ts'

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
