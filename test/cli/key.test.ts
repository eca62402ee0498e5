import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey } from '../../src/commands/key.ts'
import { UsageError } from '../../src/commands/usage.ts'

const NAMES = 'allowed are 1 to 64 letters, digits, . _ or -'
const SCOPES = 'allowed are read, read:payload, metrics, with commas between'
const ENDS = `allowed is an RFC 3339 instant to come, such as ${new Date().getUTCFullYear() + 1}-01-31T00:00:00Z`

test('what makes no key is repeated, with what is allowed', () => {
  const justNow = new Date().toISOString()
  const wrong: Array<[args: string[], sentence: string]> = [
    [[], `--name is missing; ${NAMES}`],
    [['--name', 'a b'], `--name is a b; ${NAMES}`],
    [['--name', ''], `--name is ; ${NAMES}`],
    [['--name', 'a', '--scopes', 'read,write'], `--scopes is read,write; ${SCOPES}`],
    [['--name', 'a', '--scopes', ''], `--scopes is ; ${SCOPES}`],
    [['--name', 'a', '--expires', 'soon'], `--expires is soon; ${ENDS}`],
    [['--name', 'a', '--expires', '2027-01-31'], `--expires is 2027-01-31; ${ENDS}`],
    [['--name', 'a', '--expires', '2020-01-31T00:00:00Z'], `--expires is 2020-01-31T00:00:00Z, which is past; ${ENDS}`],
    [['--name', 'a', '--expires', justNow], `--expires is ${justNow}, which is past; ${ENDS}`],
  ]
  for (const [args, sentence] of wrong) {
    assert.throws(() => newKey(args), { message: sentence }, args.join(' '))
    assert.throws(() => newKey(args), UsageError)
  }
})

test('an end to come is kept as it was given, also where only its zone makes it so', () => {
  const expires = new Date(Date.now() + 3_600_000).toISOString().replace('Z', '+00:00')
  assert.equal(newKey(['--name', 'a', '--expires', expires]).entry.expires, expires)
  const west = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '-02:00')
  assert.equal(newKey(['--name', 'a', '--expires', west]).entry.expires, west)
  assert.deepEqual(newKey(['--name', 'a']).entry.scopes, ['read'])
})
