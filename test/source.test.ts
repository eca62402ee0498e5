import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../src/config.ts'
import { openSource } from '../src/source.ts'
import { folderFor } from './support/embedded.ts'
import { onTeardown } from './support/teardown.ts'

test('an embedded Postgres says where its log is, by its full path', async (t) => {
  const source = await openSource(readConfig({ DATA_DIR: await folderFor(t) }), () => undefined)
  onTeardown(t, () => source.stop())
  assert.ok(isAbsolute(source.logFile ?? ''))
  assert.match(await readFile(source.logFile ?? '', 'utf8'), /database system is ready to accept connections/)
})

test('of another Postgres the log is not known', async () => {
  const source = await openSource(readConfig({ DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' }), () => undefined)
  assert.equal(source.logFile, undefined)
})
