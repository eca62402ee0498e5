import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Session, Writer } from '../../src/db/db.ts'
import { reopening } from '../../src/db/reopening.ts'
import { sql } from '../../src/db/sql.ts'
import { openWriter, type WriterOptions } from '../../src/db/writer.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { patience } from '../support/patience.ts'
import { startProxy } from '../support/proxy.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Opened extends TestDatabase {
  writer: Writer
  warned: string[]
  /** What is in the table `note`, as another session sees it. */
  notes: () => Promise<string[]>
}

/** A writer on a database with the table `note` and nothing else. */
async function opened(t: TestContext, options: Partial<WriterOptions> = {}): Promise<Opened> {
  const { url, pool } = await database(t, { migrated: false })
  await pool.query('create table public.note (id serial primary key, text text not null)')
  const warned: string[] = []
  const log = { warn: (_details: object, message: string) => void warned.push(message) }
  const writer = await openWriter({ connection: { connectionString: url }, name: 'test', log, ...options })
  onTeardown(t, () => writer.end())
  const notes = async () =>
    (await pool.query<{ text: string }>('select text from public.note order by id')).rows.map(({ text }) => text)
  return { url, pool, writer, warned, notes }
}

async function note(session: Session, text: string): Promise<void> {
  await session.query(sql`insert into public.note (text) values (${text})`)
}

async function setting(session: Session, name: string): Promise<unknown> {
  return (await session.query(sql`select current_setting(${name}) as value`))[0]?.['value']
}

async function backend({ writer }: Pick<Opened, 'writer'>): Promise<unknown> {
  return (await writer.query(sql`select pg_backend_pid() as pid`))[0]?.['pid']
}

test('a writer has our settings whatever a database sets, its own timeouts, and goes back to them', async (t) => {
  const { pool, url, writer } = await opened(t, { statementTimeout: 2500, lockTimeout: 700 })
  await pool.query(
    `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`,
  )
  const own = await openWriter({ connection: { connectionString: url }, name: 'other' })
  onTeardown(t, () => own.end())
  assert.equal(await setting(own, 'default_transaction_read_only'), 'off')
  assert.equal(await setting(own, 'application_name'), 'event-detector-observability other')
  assert.equal(await setting(own, 'statement_timeout'), '0')
  await writer.script(`set lock_timeout = '9s'; set search_path = public`)
  await writer.reset()
  assert.equal(await setting(writer, 'lock_timeout'), '700ms')
  assert.equal(await setting(writer, 'statement_timeout'), '2500ms')
  assert.equal(await setting(writer, 'search_path'), 'pg_catalog,pg_temp')
})

test('a transaction is seen by others as a whole, or leaves nothing', async (t) => {
  const shown = await opened(t)
  const { writer, notes } = shown
  const result = await writer.transaction(async (session) => {
    await note(session, 'one')
    assert.deepEqual(await notes(), [])
    return 'done'
  })
  assert.equal(result, 'done')
  await assert.rejects(
    writer.transaction(async (session) => {
      await note(session, 'two')
      throw new Error('changed my mind')
    }),
    /changed my mind/,
  )
  await assert.rejects(
    writer.transaction((session) => session.query(sql`select 1 / 0`)),
    { code: '22012' },
  )
  await note(writer, 'three')
  assert.deepEqual(await notes(), ['one', 'three'])
})

test('a failure that was caught in a transaction is told, for Postgres would take the commit and write nothing', async (t) => {
  const { writer, notes, warned } = await opened(t)
  await assert.rejects(
    writer.transaction(async (session) => {
      await note(session, 'lost')
      await session.query(sql`select 1 / 0`).catch(() => undefined)
    }),
    { code: '25P02' },
  )
  await writer.transaction(async (session) => {
    await note(session, 'kept')
    await session.query(sql`savepoint before`)
    await session.query(sql`select 1 / 0`).catch(() => undefined)
    await session.query(sql`rollback to savepoint before`)
  })
  assert.deepEqual(await notes(), ['kept'])
  assert.deepEqual(warned, [])
})

test('timeouts of a transaction hold for it alone', async (t) => {
  const { writer, pool, notes } = await opened(t, { statementTimeout: 60_000 })
  const holder = await pool.connect()
  onTeardown(t, async () => holder.release(true))
  await holder.query('begin; lock table public.note')
  await assert.rejects(
    writer.transaction((session) => note(session, 'late'), { lockTimeout: 50 }),
    { code: '55P03' },
  )
  await assert.rejects(
    writer.transaction((session) => session.query(sql`select pg_sleep(600)`), { statementTimeout: 50 }),
    { code: '57014' },
  )
  await holder.query('rollback')
  assert.equal(await setting(writer, 'lock_timeout'), '0')
  assert.equal(await setting(writer, 'statement_timeout'), '1min')
  await note(writer, 'after')
  assert.deepEqual(await notes(), ['after'])
})

test('a script is text as it stands, a copy is rows as text, and values are bound', async (t) => {
  const { writer, notes } = await opened(t)
  assert.deepEqual(
    await writer.script(`insert into public.note (text) values ('a'); select count(*) from public.note`),
    [{ count: '1' }],
  )
  await writer.copyFrom(sql`copy public.note (text) from stdin`, [Buffer.from('b\n'), Buffer.from('c\nd\n')])
  await note(writer, `'; drop table public.note`)
  await assert.rejects(writer.copyFrom(sql`copy public.note (text) from stdin`, [Buffer.from('e\tf\n')]), {
    code: '22P04',
  })
  assert.deepEqual(await notes(), ['a', 'b', 'c', 'd', `'; drop table public.note`])
})

test('what runs when the signal aborts is cancelled and rolled back, and nothing begins after it', async (t) => {
  const stopping = new AbortController()
  const { writer, pool, notes } = await opened(t, { signal: stopping.signal })
  const work = writer.transaction(async (session) => {
    await note(session, 'half')
    await session.query(sql`select pg_sleep(600)`)
  })
  work.catch(() => undefined)
  await until('it sleeps', async () => {
    const { rows } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
    )
    return rows.length === 1
  })
  stopping.abort(new Error('stopped'))
  await assert.rejects(work, { code: '57014' })
  await assert.rejects(note(writer, 'never'), /stopped/)
  assert.deepEqual(await notes(), [])
})

test('one statement is cancelled by its own signal, and the session goes on', async (t) => {
  const shown = await opened(t)
  const { writer, pool } = shown
  const before = await backend(shown)
  const leaving = new AbortController()
  const asked = writer.query(sql`select pg_sleep(600)`, leaving.signal)
  asked.catch(() => undefined)
  await until('it sleeps', async () => {
    const { rows } = await pool.query('select from pg_stat_activity where pid = $1 and wait_event = $2', [
      before,
      'PgSleep',
    ])
    return rows.length === 1
  })
  leaving.abort()
  await assert.rejects(asked, { code: '57014' })
  assert.equal(await backend(shown), before)
})

test('a session that is lost says so in the log and to whoever asks next', async (t) => {
  const shown = await opened(t)
  const { writer, pool, warned } = shown
  assert.equal(writer.lost, false)
  await pool.query('select pg_terminate_backend($1)', [await backend(shown)])
  await until('the loss is told', () => warned.length > 0)
  assert.equal(writer.lost, true)
  await assert.rejects(note(writer, 'never'), { code: 'CONNECTION_LOST' })
  assert.deepEqual(warned, ['the connection of the test was lost'])
})

test('work that goes on is given a new session after a loss, and the same one after a failure', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const sessions = reopening(() => openWriter({ connection: { connectionString: url }, name: 'test' }))
  onTeardown(t, () => sessions.end())
  const pid = () => sessions.use((writer) => backend({ writer }))
  const first = await pid()
  await assert.rejects(
    sessions.use((writer) => writer.query(sql`select 1 / 0`)),
    { code: '22012' },
  )
  assert.equal(await pid(), first)
  await pool.query('select pg_terminate_backend($1)', [first])
  await until('another session answers', async () => (await pid().catch(() => first)) !== first)
})

test('a process that is paused inside a transaction loses it, so that its locks hold nobody up', async (t) => {
  const { writer, pool, notes } = await opened(t, { statementTimeout: 100 })
  await assert.rejects(
    writer.transaction(async (session) => {
      await note(session, 'held')
      await until('the server has ended it', async () => {
        const { rows } = await pool.query(
          `select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
        )
        return rows.length === 0
      })
      await note(session, 'never')
    }),
    // As the server says it, if that word is read no earlier than the next statement is sent.
    ({ code }: { code?: string }) => code === 'CONNECTION_LOST' || code === '25P03',
  )
  assert.deepEqual(await notes(), [])
})

test('a server of which nothing more is heard is given up after the timeout of its statement', async (t) => {
  const { url } = await database(t, { migrated: false })
  const proxy = await startProxy(url)
  onTeardown(t, () => proxy.close())
  const connection = { connectionString: proxy.url(url), connectionTimeoutMillis: patience(200) }
  const writer = await openWriter({ connection, name: 'test' })
  onTeardown(t, () => writer.end())
  await assert.rejects(
    writer.transaction(
      async (session) => {
        proxy.stall()
        await session.query(sql`select 1`)
      },
      { statementTimeout: 10 },
    ),
    { code: 'READ_TIMEOUT' },
  )
  await assert.rejects(writer.query(sql`select 1`), { code: 'CONNECTION_LOST' })
})
