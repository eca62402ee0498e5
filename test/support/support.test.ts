import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { clusterUrl } from './cluster.ts'
import { database } from './database.ts'
import { ask, folderFor } from './embedded.ts'
import { loader } from './loader.ts'
import { apiKeys } from './keys.ts'
import { memoryLog } from './log.ts'
import { built, generous, type Settings } from './service.ts'
import { onTeardown } from './teardown.ts'

void test('teardown runs the last registered first, and to its end when one fails', async () => {
  const order: number[] = []
  const hooks: (() => Promise<void>)[] = []
  const context = { after: (hook: () => Promise<void>) => hooks.push(hook) } as unknown as TestContext
  for (const step of [1, 2, 3]) {
    onTeardown(context, () => {
      order.push(step)
      if (step === 2) throw new Error('two failed')
    })
  }
  assert.equal(hooks.length, 1)
  await assert.rejects(async () => hooks[0]?.(), /two failed/)
  assert.deepEqual(order, [3, 2, 1])
})

void test('a test has a migrated database of its own', async (t) => {
  const [one, two] = await Promise.all([database(t), database(t)])
  assert.notEqual(one.url, two.url)
  await one.pool.query(`insert into invocations (id, created_at, updated_at, source_function, source_event_payload)
    values (gen_random_uuid(), now(), now(), 'pay', '{}')`)
  const count = 'select count(*)::int as count from invocations'
  assert.deepEqual(
    [(await one.pool.query(count)).rows, (await two.pool.query(count)).rows],
    [[{ count: 1 }], [{ count: 0 }]],
  )
})

void test('the database of a test that passed is dropped, that of one that failed is kept and its url printed', async (t) => {
  const file = join(await folderFor(t), 'two.test.mjs')
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  await writeFile(
    file,
    `import test from 'node:test'
    const prepared = import(${module('./database.ts')})
    for (const outcome of ['passes', 'fails']) test(outcome, async (t) => {
      const { database } = await prepared
      const { pool } = await database(t, { migrated: false })
      await pool.query(\`create table \${outcome} ()\`)
      console.log(outcome, (await pool.query('select current_database() as name')).rows[0].name, '.')
      if (outcome === 'fails') throw new Error('on purpose')
    })`,
  )
  const admin = await clusterUrl()
  // Not as a part of this run, which would report to it instead of printing.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const { stdout, status } = spawnSync(process.execPath, ['--import', loader, file], {
    encoding: 'utf8',
    env: { ...environment, TEST_CLUSTER_URL: admin },
  })
  assert.equal(status, 1, stdout)
  const name = (outcome: string): string =>
    new RegExp(`${outcome} (test_\\w+) \\.`).exec(stdout)?.[1] ?? assert.fail(stdout)
  const kept = await ask(
    admin,
    `select datname from pg_database where datname in ('${name('passes')}', '${name('fails')}')`,
  )
  onTeardown(t, () => ask(admin, `drop database ${name('fails')} with (force)`))
  assert.deepEqual(kept, [{ datname: name('fails') }])
  assert.match(stdout, new RegExp(`kept the database of this failed test: postgres://.*/${name('fails')}`))
})

void test('the document of an app depends on its limits, statuses and dashboard at most: the checks of answers are shared by these', async (t) => {
  const documentOf = async (settings: Partial<Settings>): Promise<string> => {
    const app = await built(t, settings)
    await app.ready()
    return JSON.stringify(app.swagger())
  }
  const { keys } = apiKeys({ name: 'ada', scopes: ['read', 'read:payload'] })
  const others: Omit<Settings, 'db' | 'limits' | 'statuses' | 'dashboard'> = {
    stage: { name: 'starting' },
    log: memoryLog().log,
    stopGrace: 1,
    credentials: { keys, keysFile: undefined, tokens: undefined },
    staleKeys: 1,
    anonymousScopes: [],
    loopbackNamesOnly: true,
    origins: ['https://dashboards.example'],
    proxies: ['10.0.0.1'],
    redactions: [{ path: '*.secret', steps: ['*', 'secret'] }],
    rules: { staleAfter: 1, linkWay: 'column' },
    links: { maxAge: 1, paths: [['other']] },
    search: { recordPaths: [[['other']]] },
  }
  const usual = await documentOf({})
  assert.equal(await documentOf(others), usual)
  assert.notEqual(await documentOf({ limits: { ...generous, page: 7 } }), usual)
})
