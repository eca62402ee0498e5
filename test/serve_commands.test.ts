import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { migratedBy4693e8b } from './migrations/setup.ts'
import { database } from './support/database.ts'
import { ask, folderFor, start } from './support/embedded.ts'
import { addInvocation } from './support/rows.ts'
import { run, serve } from './support/serve.ts'
import { until } from './support/until.ts'

/** Runs a command to its end. */
async function command(
  t: TestContext,
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | string; text: string }> {
  const running = await run(t, args, env)
  return { code: await running.ended(), text: running.text() }
}

test('of a command line that means nothing the wrong word is told, with what is allowed, and nothing is touched', async (t) => {
  const wrong: Array<[args: string[], sentence: RegExp]> = [
    [[], /^no command was given$/],
    [['serve', 'now'], /^serve stands alone, and "now" was given after it$/],
    [['srve'], /^there is no command "srve"; allowed is one of serve, migrate, demo, links, rollups,.* openapi$/],
    [['serve', '--prot', '3001'], /^there is no option --prot here; allowed: none$/],
    [['migrate', 'sideways'], /^migrate takes one of up, down, status, and "sideways" was given$/],
    [['migrate', 'down', '--steps', 'two'], /^--steps is two; allowed is a whole number from \d+ to 1000$/],
    [['migrate', 'up', '--steps', '3'], /^migrate up takes no --steps$/],
    [['migrate', 'status', '--to', '3'], /^migrate status takes no --to$/],
    [['migrate', 'down', '--steps', '2', '--to', '003'], /^migrate down takes --to or --steps, not both$/],
    [['migrate', 'up', '--unknown'], /^there is no option --unknown here; allowed: --to, --steps, --destroy$/],
    [['migrate', 'down', '--step', '2'], /^there is no option --step here; allowed: --to, --steps, --destroy$/],
    [['migrate', 'up', '--destroy'], /^migrate up takes no --destroy$/],
    [['demo', '--per-minute', '3'], /^--per-minute needs --live$/],
    [['key'], /^--name is missing; allowed are 1 to 64 letters, digits, \. _ or -$/],
    [['demo', '--invocations', 'ten'], /^--invocations is ten; allowed is a whole number from \d+ to 50000000$/],
    [['links'], /^links takes one of scan, mend, undo, and none was given$/],
    [['links', 'scna'], /^links takes one of scan, mend, undo, and "scna" was given$/],
    [['links', 'scan', 'now'], /^links takes one of scan, mend, undo, and "scan now" was given$/],
    [['rollups', 'rebuidl'], /^rollups takes one of rebuild, status, and "rebuidl" was given$/],
    [['links', 'scan', '--windwo', '1d'], /^there is no option --windwo here; allowed: --window, --rate, /],
    [['links', 'scan', '--window', '1y'], /^--window is 1y; allowed is a whole number and a unit of s, m, h, d, w, /],
    [['links', 'scan', '--rate', '0'], /^--rate is 0; allowed is a whole number from 1 to 1000000$/],
    [['links', 'scan', '--json=yes'], /^--json takes no value$/],
    [['demo', 'now'], /^"now" was given, and only options may stand there: --invocations, /],
  ]
  const ends = await Promise.all(
    wrong.map(async ([args, sentence]) => ({
      args,
      sentence,
      ended: await command(t, { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' }, ...args),
    })),
  )
  for (const {
    args,
    sentence,
    ended: { code, text },
  } of ends) {
    const [first = '', ...rest] = text.split('\n')
    assert.match(first, sentence, args.join(' '))
    const usage = args.length === 0 ? ['', 'usage:'] : ['--help tells all commands and options', '']
    assert.deepEqual([code, ...rest.slice(0, 2)], [1, ...usage], text)
  }
})

test('--help and -h give the usage and touch nothing', async (t) => {
  for (const args of [['--help'], ['serve', '--help'], ['migrate', 'down', '-h', '--destroy']]) {
    const running = await run(t, args, { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' })
    assert.equal(await running.ended(), 0, running.text())
    // These are the lines of stdout alone.
    assert.equal(running.messages()[0], 'usage:', args.join(' '))
    assert.equal(running.text(), running.messages().join('\n'))
  }
})

test('what goes wrong is one sentence, without a stack', async (t) => {
  const [config, away] = await Promise.all([
    command(t, { POOL_SIZE: '0' }, 'migrate', 'status'),
    command(t, { DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/nowhere' }, 'migrate', 'up'),
  ])
  assert.deepEqual(config, {
    code: 1,
    text: 'the configuration is wrong:\n  POOL_SIZE=0: allowed is a whole number from 1 to 1000\n',
  })
  assert.equal(away.code, 1)
  assert.match(away.text, /ECONNREFUSED/)
  assert.equal(away.text.trim().split('\n').length, 1, away.text)
  assert.doesNotMatch(away.text, /hunter2/)
})

test('openapi prints the document that is committed', async (t) => {
  const { code, text } = await command(t, {}, 'openapi')
  assert.equal(code, 0)
  const committed = readFileSync(new URL('../openapi/openapi.json', import.meta.url), 'utf8')
  assert.ok(committed === `${text}\n`, 'openapi/openapi.json is out of date: npm run openapi')
})

test('migrate: status, up to a number, up, down by one, down to a number', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const migrate = (...args: string[]) => command(t, { DATABASE_URL: url }, 'migrate', ...args)
  const states = async (): Promise<string[]> => {
    const { code, text } = await migrate('status')
    assert.equal(code, 0, text)
    return text
      .split('\n')
      .filter((line) => !line.startsWith(' '))
      .map((line) => line.split(/ +/).slice(0, 2).join(' '))
  }
  assert.match(
    (await migrate('status')).text,
    /^pending {3}000_create_base_tables {2}lacks:\n {12}[^,\n]+\n {12}[^,\n]+\n[\s\S]*\npending {3}003_\w+ {2}lacks: index invocations_triggered_by_job$/m,
  )
  const before = await states()
  assert.ok(before.length > 3 && before.every((line) => line.startsWith('pending ')), before.join('\n'))
  assert.deepEqual(
    (await pool.query(`select 1 from pg_class where relname = 'invocations'`)).rows,
    [],
    'status changes nothing',
  )

  assert.deepEqual(await migrate('up', '--to', '001'), {
    code: 0,
    text: 'ran: 000_create_base_tables, 001_add_source_job_id; found in place: nothing; recorded before: 0',
  })
  assert.deepEqual((await states()).slice(0, 3), [
    'recorded 000_create_base_tables',
    'recorded 001_add_source_job_id',
    before[2],
  ])
  assert.match((await migrate('up')).text, /^ran: 002_.*recorded before: 2$/)
  assert.ok((await states()).every((line) => line.startsWith('recorded ')))
  assert.deepEqual(await migrate('up'), {
    code: 0,
    text: `ran: nothing; found in place: nothing; recorded before: ${before.length}`,
  })

  const last = before.at(-1)?.split(' ')[1]
  assert.deepEqual(await migrate('down'), { code: 0, text: `reverted: ${last}` })
  const again = await migrate('down', '--to', last?.slice(0, 3) ?? '')
  assert.deepEqual(
    [again.code, again.text],
    [1, `${last} is not recorded, so it cannot be reverted: it is not in place, or was reverted already\n`],
  )
  const { code, text } = await migrate('down', '--to', '1')
  assert.deepEqual(
    [code, text.endsWith(', 002_fix_event_executions_status_constraint, 001_add_source_job_id')],
    [0, true],
    text,
  )
  const unknown = await migrate('up', '--to', '999')
  assert.equal(unknown.code, 1)
  assert.match(unknown.text, /^there is no migration 999; there are 000_create_base_tables/)
})

test('migrate down refuses to destroy rows, says how many and how to go on, and does with --destroy', async (t) => {
  const { url, pool } = await database(t)
  await addInvocation(pool)
  const down = (...args: string[]) => command(t, { DATABASE_URL: url }, 'migrate', 'down', ...args)
  const refused = await down('--steps', '100')
  assert.equal(refused.code, 1)
  assert.match(
    refused.text,
    /^nothing was reverted: 000_create_base_tables: 1 invocations would be destroyed\. .*npm run migrate -- down --destroy\)/,
  )
  assert.deepEqual((await pool.query('select count(*)::int as count from invocations')).rows, [{ count: 1 }])
  const destroyed = await down('--steps', '100', '--destroy')
  assert.deepEqual([destroyed.code, destroyed.text.endsWith(', 000_create_base_tables')], [0, true], destroyed.text)
})

test('demo fills a database, says how much, and refuses one with rows that it did not make, unless forced', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const demo = (...args: string[]) => command(t, { DATABASE_URL: url }, 'demo', ...args)
  const first = await demo('--invocations', '60', '--seed', '3')
  assert.equal(first.code, 0, first.text)
  assert.match(first.text, /^60 invocations, \d+ events, \d+ jobs in [\d.]+ s$/m)
  assert.deepEqual((await pool.query('select count(*)::int as count from invocations')).rows, [{ count: 60 }])

  await addInvocation(pool)
  const refused = await demo('--invocations', '60', '--seed', '4')
  assert.equal(refused.code, 1)
  assert.doesNotMatch(refused.text, /\n\s+at /)
  assert.deepEqual((await pool.query('select count(*)::int as count from invocations')).rows, [{ count: 61 }])
  const forced = await demo('--invocations', '60', '--seed', '4', '--force', '--thin')
  assert.equal(forced.code, 0, forced.text)
})

test('demo looks before it migrates, and migrates only where that is wanted', async (t) => {
  const [foreign, empty] = await Promise.all([database(t, { migrated: false }), database(t, { migrated: false })])
  assert.equal((await command(t, { DATABASE_URL: foreign.url }, 'migrate', 'up', '--to', '000')).code, 0)
  await foreign.pool.query(`insert into invocations (source_function, source_event_payload) values ('theirs', '{}')`)
  for (const args of [
    ['demo', '--invocations', '60'],
    ['demo', '--live'],
  ]) {
    const refused = await command(t, { DATABASE_URL: foreign.url }, ...args)
    assert.equal(refused.code, 1)
    assert.match(refused.text, /1 invocation that the demo did not make .* Nothing was written/)
  }
  assert.deepEqual((await foreign.pool.query('select name from observability_migrations')).rows, [
    { name: '000_create_base_tables' },
  ])

  const checked = await command(t, { DATABASE_URL: empty.url, MIGRATE_ON_START: 'off' }, 'demo', '--invocations', '60')
  assert.equal(checked.code, 1)
  assert.match(checked.text, /the database lacks .*run "npm run migrate -- up"/)
  assert.deepEqual((await empty.pool.query(`select 1 from pg_class where relname = 'invocations'`)).rows, [])
})

test('demo --live adds until it is stopped, and ends well', async (t) => {
  const { url, pool } = await database(t)
  const live = await run(t, ['demo', '--live', '--per-minute', '600'], { DATABASE_URL: url })
  await until(
    'the first invocation is there',
    async () => (await pool.query('select 1 from invocations limit 1')).rowCount === 1,
    30_000,
  )
  live.kill('SIGINT')
  assert.equal(await live.ended(), 0, live.text())
})

test('a data folder that commit 4693e8b made and migrated: the service starts on it', async (t) => {
  const folder = await folderFor(t)
  const embedded = await start(t, folder)
  await ask(embedded.url, migratedBy4693e8b)
  await embedded.stop()
  const service = await serve(t, { DATA_DIR: folder, DEMO: 'off' })
  const base = await service.ready()
  assert.match(service.messages().join('\n'), /^migrations: .*; 5 recorded before$/m)
  assert.equal((await fetch(`${base}/invocations`)).status, 200)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
})
