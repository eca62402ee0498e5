import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import { loadDemo, type DemoOptions } from '../../src/demo/load.ts'
import { database } from '../support/database.ts'

const now = new Date('2026-11-22T12:00:00Z')
const some: DemoOptions = { invocations: 500, seed: 7, thin: true, now }
const foreign = `
  insert into invocations (source_function, source_system, source_event_payload)
  select 'theirs', system, '{}' from unnest(array['shop', 'demo', 'demo-shop-two', 'zzz', null]) system`

async function count(pool: pg.Pool, what = 'invocations'): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(`select count(*) from ${what}`)
  return Number(rows[0]?.count)
}

/** Indexes, constraints, and comments of both. */
async function structure(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(`
    select pg_get_indexdef(indexrelid) as definition, obj_description(indexrelid, 'pg_class') as comment, indisvalid as valid
      from pg_index where indrelid in ('invocations'::regclass, 'event_executions'::regclass, 'job_executions'::regclass)
    union all
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint'), convalidated
      from pg_constraint where connamespace = 'public'::regnamespace
    order by 1`)
  return rows
}

function refused(pattern: RegExp) {
  return (error: Error): boolean => {
    assert.equal(error.name, 'DemoRefused')
    assert.match(error.message, pattern)
    assert.match(error.message, /Nothing was written/)
    return true
  }
}

test('a full set passes every foreign key and CHECK, and is counted', async (t) => {
  const { url, pool } = await database(t)
  const told: [number, number][] = []
  const loaded = await loadDemo(url, {
    invocations: 2000,
    seed: 7,
    now,
    progress: (done, total) => told.push([done, total]),
  })
  assert.equal(loaded.invocations, 2000)
  assert.equal(await count(pool), 2000)
  assert.equal(await count(pool, 'event_executions'), loaded.events)
  assert.equal(await count(pool, 'job_executions'), loaded.jobs)
  assert.deepEqual(told.at(-1), [2000, 2000])
  assert.ok(
    told.length > 10 && told.every(([done], i) => i === 0 || done > (told[i - 1]?.[0] ?? 0)),
    'progress only grows',
  )
  assert.equal((await count(pool, `event_executions where status in ('detection_failed', 'handler_failed')`)) > 0, true)
  // What travelled through COPY's escapes arrives as it was: stacks of several lines, and those wrapped in JSON.
  assert.ok((await count(pool, `job_executions where error_stack like E'%Error: %\\n    at %'`)) > 0)
  assert.ok(
    (await count(
      pool,
      `job_executions where (error_stack::jsonb ->> '_raw_string') like E'%\\n    at %' and error_stack like '{%'`,
    )) > 0,
  )
})

test('the same seed and time load the same rows', async (t) => {
  const digests: unknown[] = []
  for (const { url, pool } of [await database(t), await database(t)]) {
    await loadDemo(url, { ...some, thin: false })
    const { rows } = await pool.query(`
      select (select md5(string_agg(i::text, '|' order by id)) from invocations i) as invocations,
             (select md5(string_agg(e::text, '|' order by id)) from event_executions e) as events,
             (select md5(string_agg(j::text, '|' order by id)) from job_executions j) as jobs`)
    digests.push(rows[0])
  }
  assert.deepEqual(digests[0], digests[1])
})

test('rows that the demo did not make are a reason to refuse, unless forced', async (t) => {
  const { url, pool } = await database(t)
  await pool.query(foreign)
  await assert.rejects(loadDemo(url, some), refused(/holds 5 invocations that the demo did not make.*--force/))
  assert.equal(await count(pool), 5)
  await loadDemo(url, { ...some, force: true })
  assert.equal(await count(pool), 505)
})

test('of many foreign rows no more than 1,000 are counted', async (t) => {
  const { url, pool } = await database(t)
  await pool.query(
    `insert into invocations (source_function, source_event_payload) select 'theirs', '{}' from generate_series(1, 1001)`,
  )
  await assert.rejects(loadDemo(url, some), refused(/holds 1000 or more invocations/))
})

test('the same seed again is refused with what to do, also where some of its rows are gone; another seed adds', async (t) => {
  const { url, pool } = await database(t)
  await loadDemo(url, some)
  await assert.rejects(
    loadDemo(url, { ...some, now: new Date(), force: true }),
    refused(/already holds demo data of seed 7.*another --seed/),
  )
  await loadDemo(url, { ...some, seed: 8 })
  assert.equal(await count(pool), 1000)
  await pool.query('delete from invocations where id = (select id from invocations order by ctid limit 1)')
  await assert.rejects(loadDemo(url, some), refused(/already holds demo data of seed 7/))
  assert.equal(await count(pool), 999)
})

test('what the refusal says to run removes all demo rows and no others', async (t) => {
  const { url, pool } = await database(t)
  await pool.query(foreign)
  await loadDemo(url, { ...some, force: true })
  const refusal = await loadDemo(url, { ...some, force: true }).then(
    () => 'not refused',
    (error: Error) => error.message,
  )
  await pool.query(/delete from.*;/.exec(refusal)?.[0] ?? `no statement in "${refusal}"`)
  assert.equal(await count(pool), 5)
  assert.equal(await count(pool, 'job_executions'), 0)
})

const interruptions: Record<string, (t: TestContext, pool: pg.Pool) => Partial<DemoOptions>> = {
  'an abort': () => {
    const abort = new AbortController()
    return { signal: abort.signal, progress: () => abort.abort() }
  },
  'a throw': () => ({
    progress: () => {
      throw new Error('enough')
    },
  }),
  'a lost connection': (_, pool) => {
    let sent = false
    return {
      progress: () => {
        if (sent) return
        sent = true
        void pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like '%demo'`,
        )
      },
    }
  },
}

for (const [name, interruption] of Object.entries(interruptions)) {
  for (const invocations of [2000, 4000]) {
    test(`${name} in the middle of ${invocations} leaves nothing behind, and the next load works`, async (t) => {
      const { url, pool } = await database(t)
      const before = await structure(pool)
      await assert.rejects(loadDemo(url, { ...some, invocations, ...interruption(t, pool) }))
      assert.equal(await count(pool), 0)
      assert.deepEqual(await structure(pool), before)
      await loadDemo(url, some)
      assert.equal(await count(pool), 500)
    })
  }
}

test('a large load leaves indexes and constraints as they were, comments included', async (t) => {
  const { url, pool } = await database(t)
  await pool.query(`comment on index idx_invocations_status is 'it''s "here"'`)
  await pool.query(`comment on constraint fk_invocations_source_job_id on invocations is 'the link'`)
  const before = await structure(pool)
  assert.ok(before.length > 20)
  await loadDemo(url, { ...some, invocations: 3000 })
  assert.deepEqual(await structure(pool), before)
  assert.equal(await count(pool), 3000)
})

test('a large load into tables that are in use, or not empty, works row by row and locks nobody out', async (t) => {
  const { url, pool } = await database(t)
  const reader = await pool.connect()
  try {
    await reader.query('begin; select count(*) from invocations')
    await loadDemo(url, { ...some, invocations: 3000 })
    await reader.query('commit')
  } finally {
    reader.release()
  }
  let seen: Promise<number> | undefined
  const look = (): void => {
    seen ??= count(pool)
  }
  await loadDemo(url, { ...some, invocations: 3000, seed: 8, progress: look })
  assert.equal(await seen, 3000, 'a reader in the middle of the load sees what was there before')
  assert.equal(await count(pool), 6000)
})

test('two loads at once: one works, the other is refused', async (t) => {
  const { url, pool } = await database(t)
  let second: Promise<unknown> | undefined
  const begin = (): void => {
    second ??= assert.rejects(loadDemo(url, { ...some, seed: 8 }), refused(/Another process is loading/))
  }
  await loadDemo(url, { ...some, progress: begin })
  assert.ok(second)
  await second
  assert.equal(await count(pool), 500)
})

test('a database without migrations is refused with what to run', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await assert.rejects(loadDemo(url, some), refused(/lacks migrations.*npm run migrate -- up/))
  await pool.query(`create table invocations (id uuid primary key, source_system text)`)
  await assert.rejects(loadDemo(url, some), refused(/lacks migrations.*npm run migrate -- up/))
})

test('options out of range are named with what is allowed', async () => {
  await assert.rejects(
    loadDemo('postgres://nowhere.invalid/x', { ...some, invocations: 0 }),
    /invocations is 0; allowed is a whole number from 1 to 50000000/,
  )
  await assert.rejects(
    loadDemo('postgres://nowhere.invalid/x', { ...some, seed: -1 }),
    /seed is -1; allowed is a whole number from 0 to 4294967295/,
  )
  await assert.rejects(loadDemo('postgres://nowhere.invalid/x', { ...some, invocations: 1.5 }), RangeError)
})
