import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asksForHelp, options, UsageError } from '../../src/commands/usage.ts'

const read = (...args: string[]): unknown =>
  options({ args, options: { to: { type: 'string' }, force: { type: 'boolean', short: 'f' } } })

test('what is wrong with the options is said in our words', () => {
  const wrong: Array<[args: string[], sentence: string]> = [
    [['--step', '2'], 'there is no option --step here; allowed: --to, --force'],
    [['--step=2'], 'there is no option --step here; allowed: --to, --force'],
    [['-n', '2'], 'there is no option -n here; allowed: --to, --force'],
    [['--to'], '--to needs a value'],
    [['--to', '--force'], '--to needs a value'],
    [['--force=yes'], '--force takes no value'],
    [['now'], '"now" was given, and only options may stand there: --to, --force'],
  ]
  for (const [args, sentence] of wrong) {
    assert.throws(() => read(...args), { message: sentence }, args.join(' '))
    assert.throws(() => read(...args), UsageError)
  }
})

test('help may be asked for anywhere', () => {
  for (const argv of [['--help'], ['-h'], ['serve', '-h'], ['migrate', 'down', '--nothing', '--help']])
    assert.ok(asksForHelp(argv), argv.join(' '))
  for (const argv of [[], ['help'], ['key', '--name', 'h'], ['--helpless']])
    assert.ok(!asksForHelp(argv), argv.join(' '))
})
