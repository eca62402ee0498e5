import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../src/config/read.ts'
import { openSource } from '../src/commands/open-database.ts'
import { folderFor } from './support/embedded.ts'
import { onTeardown } from './support/teardown.ts'

test('of a failure of an embedded Postgres it is said where its log is, by its full path', async (t) => {
  const source = await openSource(readConfig({ DATA_DIR: await folderFor(t) }).database, () => undefined)
  onTeardown(t, () => source.stop())
  const [, logFile = ''] =
    /^it failed; the log of the embedded Postgres is (.*)$/.exec(await source.explain('it failed')) ?? []
  assert.ok(isAbsolute(logFile))
  assert.match(await readFile(logFile, 'utf8'), /database system is ready to accept connections/)
})

test('of another Postgres the log is not known', async () => {
  const source = await openSource(
    readConfig({ DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' }).database,
    () => undefined,
  )
  assert.equal(await source.explain('it failed'), 'it failed')
})
