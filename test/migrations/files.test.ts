import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readMigrations } from '../../src/db/migrate/files.ts'
import { folder, migratedBy4693e8b } from './setup.ts'

const migrations = await readMigrations(folder)
const scripts = migrations.flatMap(({ up, down }) => (down === undefined ? [up] : [up, down]))

for (const { file, text, statements, transaction } of scripts) {
  test(`${file} keeps the rules of migrations/README.md`, () => {
    assert.match(text, /^-- \d{3}_[a-z0-9_]+[,:] .{20}/, 'begins with what and why')
    assert.match(statements.at(-1) ?? '', /raise exception '[\s\S]+raise notice '/, 'ends by verifying itself')
    assert.doesNotMatch(text, /^\s*\\/m, 'no psql command')
    const outside = text.replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
    assert.doesNotMatch(
      outside,
      /^\s*(begin|commit|rollback|end|abort|start\s+transaction|savepoint)\b[^\n]*;/im,
      'no transaction of its own',
    )
    assert.match(text, /^set lock_timeout/m, 'waits for a lock for a told time')
    assert.match(
      statements[0] ?? '',
      /^(?:--.*\n|\n)*set search_path = pg_catalog, pg_temp;\n/,
      'begins by looking names up in pg_catalog alone',
    )
    // Databases in LATIN1 and SQL_ASCII exist: there a statement with any other character fails.
    assert.match(text, /^[\x20-\x7E\n]*$/, 'is ASCII')
    for (const statement of statements) {
      if (!/concurrently/i.test(statement.replaceAll(/^\s*--.*$/gm, '')) || statement.includes('do $$')) continue
      assert.ok(!transaction, 'concurrently needs "-- transaction: none"')
      assert.equal(statement.trimEnd().match(/;/g)?.length, 1, `alone in its batch: ${statement}`)
    }
  })
}

test('what destroys anything has a guard, in the file and in the table', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const { name, down } of migrations) {
    const row = readme.split('\n').find((line) => line.startsWith(`| [${name}]`)) ?? ''
    const destroys = /\bDESTROYS\b/.test(down?.text ?? '')
    assert.equal(row.includes('`--destroy`'), destroys, `${name}: the table says what --destroy allows`)
    assert.equal(/observability\.destroy/.test(down?.guard ?? ''), destroys, `${name}: its guard`)
  }
})

test('every migration can be reverted, is documented, and runs by hand as documented', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const { name, up, down } of migrations) {
    assert.ok(down, `${name}_down.sql is there`)
    assert.ok(readme.includes(`| [${name}](${up.file}) |`), `${name} is in the table`)
    for (const { file } of [up, down]) assert.ok(readme.includes(`-f ${file}\n`), `how to run ${file}`)
  }
})

test('the checksums of earlier versions are such, and those that commit 4693e8b recorded are among them', () => {
  const recorded = [...migratedBy4693e8b.matchAll(/VALUES \('(\d{3}_\w+)', '([0-9a-f]{64})'/g)].map(
    ([, name, checksum]) => ({ name, checksum }),
  )
  assert.equal(recorded.length, 5)
  for (const { name, up } of migrations) {
    for (const checksum of up.earlier) assert.match(checksum, /^[0-9a-f]{64}$/, name)
    assert.ok(!up.earlier.includes(up.checksum), `${name}: its own checksum is no earlier one`)
    const then = recorded.find((row) => row.name === name)?.checksum
    if (then !== undefined) assert.ok([up.checksum, ...up.earlier].includes(then), name)
  }
})
