import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test, type TestContext } from 'node:test'
import type pg from 'pg'
import { patience } from '../support/patience.ts'
import { agrees, nest } from './agree.ts'
import { numbersAgree } from './numbers.ts'
import { open } from './open.ts'
import { variants, type Variant } from './variants.ts'

/** DATABASES=all (`npm run test:databases`) walks the whole table, otherwise the quick half. */
const chosen = variants.filter(({ quick }) => quick === true || process.env['DATABASES'] === 'all')

/** How long a start on a database that is refused may take on a quiet machine, ms. */
const REFUSED_WITHIN = 20_000

/** Half of the time of one is spent waiting for Postgres, and each has a database of its own. */
void suite('the table of databases', { concurrency: 4 }, () => {
  for (const variant of chosen) {
    const { row, name, refused } = variant
    test(`${row}${name === undefined ? '' : ` (${name})`}: ${refused === undefined ? 'served' : 'refused'}`, (t) =>
      walked(t, variant))
  }
})

async function walked(t: TestContext, variant: Variant): Promise<void> {
  const { refused, mended, full, after, numbers } = variant
  const { pool, start } = await open(t, variant)
  if (refused !== undefined) {
    const sentence = await refusal(pool, start)
    assert.match(sentence, refused)
    if (mended === undefined) return
    for (const [command] of sentence.matchAll(/(?:alter (?:table|type)|delete from|update) public\.[^;]+/g))
      await pool.query(command)
  }
  const service = await start()
  if (!full) await nest(pool)
  if (after !== undefined) await pool.query(after)
  await (numbers ? numbersAgree : agrees)(service, pool)
}

/** What the start says, which comes in time and changes nothing. */
async function refusal(pool: pg.Pool, start: () => Promise<unknown>): Promise<string> {
  const before = await fingerprint(pool)
  const since = performance.now()
  const sentence = await start().then(
    () => assert.fail('it was served'),
    ({ message }: Error) => message,
  )
  assert.ok(performance.now() - since < patience(REFUSED_WITHIN), 'the refusal came late')
  assert.deepEqual(await fingerprint(pool), before, 'something was changed')
  return sentence
}

test('the table of docs/operations.md and these variants name the same databases, and say the same of them', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
  const section =
    /^## Which databases\n(.*?)^## /ms.exec(page)?.[1] ??
    assert.fail('docs/operations.md has no section "Which databases"')
  const rows = [...section.matchAll(/^\| (.+?) \| (served|refused)\b(?:.*) \|$/gm)].map(
    ([, row, what]) => `${row}: ${what}`,
  )
  const tested = new Set(variants.map(({ row, refused }) => `${row}: ${refused === undefined ? 'served' : 'refused'}`))
  assert.deepEqual(rows.toSorted(), [...tested].toSorted())
})

/** Everything that a migration could have changed, a line a kind. */
async function fingerprint(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(`
    select 'relations' as what, count(*), md5(string_agg(concat(oid, relname, relkind, relnatts), ',' order by oid)) from pg_class where oid >= 16384
    union all select 'constraints', count(*), md5(string_agg(concat(oid, conname, convalidated), ',' order by oid)) from pg_constraint where oid >= 16384
    union all select 'functions', count(*), md5(string_agg(concat(oid, proname), ',' order by oid)) from pg_proc where oid >= 16384
    union all select 'triggers', count(*), md5(string_agg(concat(oid, tgname), ',' order by oid)) from pg_trigger where oid >= 16384`)
  return rows
}
