import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateDown } from '../../src/db/migrate/down.ts'
import { isForbidden } from '../../src/db/migrate/error.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { refuseToWrite, whatStopsUp } from '../../src/db/migrate/stops.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'
import { folder, psql, runner, schemaOf } from './setup.ts'

/** A database that was made by hand: the tables as the writer's own installation declares them belong to `owner`, the database to a superuser. */
interface ByHand {
  pool: pg.Pool
  owner: string
  other: string
  /** The url of a role that migrates: a member of `owner`, no superuser. */
  url: string
  migrator: string
}

/** The statements of the writer's installation, without what the later migrations add. */
const tables = [
  ...readFileSync(join(folder, '000_create_base_tables_up.sql'), 'utf8').matchAll(
    /^ *(create table if not exists public\.\w+ \([\s\S]*?\n *\));/gm,
  ),
]
  .map(([, statement]) => statement)
  .join(';\n')

async function byHand(t: TestContext): Promise<ByHand> {
  const { url, pool } = await database(t, { migrated: false })
  const [owner, other, migrator] = ['observability_admin', 'mallory', 'deployer'].map(
    (name) => `${name}_${randomBytes(4).toString('hex')}`,
  ) as [string, string, string]
  await pool.query(`
    create role ${owner}; create role ${other}; create role ${migrator} login password 'x' in role ${owner};
    grant create, usage on schema public to ${owner}, ${other}, ${migrator};
    set role ${owner}; ${tables};
    create function public.update_updated_at() returns trigger language plpgsql as $$ begin new.updated_at = now(); return new; end $$;
    create trigger touch before update on public.invocations for each row execute function public.update_updated_at();
    reset role`)
  onTeardown(t, () =>
    pool.query(`drop owned by ${owner}, ${other}, ${migrator} cascade; drop role ${migrator}, ${other}, ${owner}`),
  )
  const own = new URL(url)
  Object.assign(own, { username: migrator, password: 'x' })
  return { pool, owner, other, migrator, url: own.href }
}

test('tables that a third role owns are migrated only if that owner is trusted; the refusal gives the line to copy', async (t) => {
  const { pool, url, owner } = await byHand(t)
  const before = await schemaOf(pool)
  const sentence = new RegExp(
    `^MigrationError: nothing was changed, for what would run with the rights of the role that migrates belongs to others: function public\\.update_updated_at\\(\\) is here, and belongs to ${owner}; table public\\.event_executions is here, and belongs to ${owner}; .*migrate with\\n {2}TRUSTED_OWNERS=${owner}$`,
  )
  await assert.rejects(migrateUp(runner(url).options), sentence)
  await assert.rejects(migrateDown(runner(url).options), sentence)
  const { refused } = await whatStopsUp(runner(url).options)
  assert.ok(
    refused.some((what) => what.startsWith('table public.invocations is here')),
    refused.join('\n'),
  )
  assert.deepEqual(await schemaOf(pool), before)
  assert.equal((await pool.query(`select to_regclass('public.observability_migrations') as made`)).rows[0]?.made, null)
  const trusting = runner(url, { settings: { trusted_owners: `somebody, ${owner}` } }).options
  assert.ok((await migrateUp(trusting)).applied.length > 0)
  assert.deepEqual(
    (await migrationStatus(trusting)).flatMap(({ missing }) => missing),
    [],
  )
  assert.equal((await migrateUp(trusting)).already, (await migrationStatus(trusting)).length)
})

test('their own role, the owner of the database, and a superuser need not be named', async (t) => {
  const { pool, url, owner, migrator } = await byHand(t)
  await pool.query(`do $$ begin execute format('alter database %I owner to ${owner}', current_database()); end $$`)
  assert.ok((await migrateUp(runner(url).options, { to: '000' })).applied.length > 0)
  await pool.query(
    `do $$ begin execute format('alter database %I owner to postgres', current_database()); end $$; reassign owned by ${owner} to ${migrator}`,
  )
  assert.ok((await migrateUp(runner(url).options, { to: '001' })).applied.length > 0)
  await pool.query(`reassign owned by ${migrator} to postgres; grant all on all tables in schema public to ${migrator}`)
  await assert.rejects(migrateUp(runner(url).options), /must be owner of/, 'trusted, but Postgres does not let it')
})

test('a role that may only read on tables of a third role is not told to trust: it could not migrate, and only checks', async (t) => {
  const { pool, url, owner, migrator } = await byHand(t)
  await migrateUp(runner(url, { settings: { trusted_owners: owner } }).options)
  await pool.query(
    `revoke ${owner} from ${migrator}; revoke create on schema public from ${migrator}, public; reassign owned by ${migrator} to ${owner}; grant select on all tables in schema public to ${migrator}`,
  )
  await assert.rejects(
    migrateUp(runner(url).options),
    (error: Error) =>
      isForbidden(error) &&
      error.message.startsWith(
        'this role may not migrate: it neither owns these tables nor may make any in public. Run the migrations as the owner',
      ),
  )
  assert.deepEqual((await checkMigrations(runner(url).options)).missing, [])
})

/** Each: what a stranger, or an owner who called one, may have put in the way, and how the sentence names it. */
const planted: Array<{ name: string; nest: (names: ByHand) => string; sentence: (names: ByHand) => RegExp }> = [
  {
    name: 'a trigger of a role with the right to make one',
    nest: ({ other }) => `grant trigger on public.invocations to ${other}; set role ${other};
      create function public.note() returns trigger language plpgsql as 'begin return new; end';
      create trigger note before insert on public.invocations for each row execute function public.note()`,
    sentence: ({ other }) =>
      new RegExp(
        `trigger note on table public\\.invocations uses function public\\.note\\(\\), and belongs to ${other}`,
      ),
  },
  {
    name: 'update_updated_at() of a stranger',
    nest: ({ other }) => `drop function public.update_updated_at() cascade; set role ${other};
      create function public.update_updated_at() returns trigger language plpgsql as 'begin return new; end'`,
    sentence: ({ other }) => new RegExp(`function public\\.update_updated_at\\(\\) is here, and belongs to ${other}`),
  },
  {
    name: 'the bookkeeping of a stranger',
    nest: ({ other }) =>
      `set role ${other}; create table public.observability_migrations (name text, checksum text, breaking boolean, adopted boolean, applied_at timestamptz)`,
    sentence: ({ other }) => new RegExp(`table public\\.observability_migrations is here, and belongs to ${other}`),
  },
  {
    name: 'the tables of 008 of a stranger',
    nest: ({ other }) =>
      `set role ${other}; create table public.observability_links (invocation_id uuid); create table public.observability_leases (name text)`,
    sentence: ({ other }) =>
      new RegExp(
        `table public\\.observability_leases is here, and belongs to ${other}; table public\\.observability_links is here, and belongs to ${other}`,
      ),
  },
  {
    name: 'a trigger of a stranger on a table of 008',
    nest: ({ owner, other }) => `set role ${owner}; create table public.observability_links (invocation_id uuid);
      grant trigger on public.observability_links to ${other}; set role ${other};
      create function public.note() returns trigger language plpgsql as 'begin return new; end';
      create trigger note before insert on public.observability_links for each row execute function public.note()`,
    sentence: ({ other }) =>
      new RegExp(
        `trigger note on table public\\.observability_links uses function public\\.note\\(\\), and belongs to ${other}`,
      ),
  },
  {
    name: 'a default, a CHECK, an index and a policy that call a function of a stranger',
    nest: ({
      owner,
      other,
    }) => `set role ${other}; create function public.f(text) returns text immutable language sql as 'select $1'; set role ${owner};
      alter table public.invocations alter error_message set default public.f('x'), add check (public.f(status) <> '');
      create index by_f on public.invocations (public.f(status)); create policy p on public.invocations using (public.f(status) = 'x')`,
    sentence: ({ other }) =>
      new RegExp(
        `(?=.*default value for column error_message)(?=.*constraint invocations_\\w*check)(?=.*index public\\.by_f)(?=.*policy p on table).*function public\\.f\\(text\\), and belongs to ${other}`,
      ),
  },
  {
    name: 'a column whose type belongs to a stranger',
    nest: ({ owner, other }) =>
      `set role ${other}; create type public.mood as enum ('good'); grant usage on type public.mood to public; set role ${owner}; alter table public.invocations add column mood public.mood`,
    sentence: ({ other }) => new RegExp(`table public\\.invocations uses type public\\.mood, and belongs to ${other}`),
  },
]

for (const { name, nest, sentence } of planted) {
  test(`refused although the tables' owner is trusted: ${name}`, async (t) => {
    const names = await byHand(t)
    const { pool, url, owner, other } = names
    await pool.query(`${nest(names)}; reset role`)
    await pool.query('reset role')
    const trusting = { trusted_owners: owner }
    await assert.rejects(
      migrateUp(runner(url, { settings: trusting }).options),
      ({ message }: Error) => sentence(names).test(message) && message.endsWith(`TRUSTED_OWNERS=${owner},${other}`),
    )
  })
}

const withoutPsql =
  psql('postgres://127.0.0.1:1/none', '000_create_base_tables_up.sql') === undefined
    ? 'psql is not installed here'
    : false

test(
  'by hand it is the same: 000 refuses before it has changed anything, with the statement that trusts',
  { skip: withoutPsql },
  async (t) => {
    const { pool, url, owner } = await byHand(t)
    const before = await schemaOf(pool)
    const refused = psql(url, '000_create_base_tables_up.sql')
    assert.notEqual(refused?.code, 0)
    assert.match(
      refused?.output ?? '',
      new RegExp(
        `what would run with the rights of deployer_\\w+ belongs to others: .*table public\\.invocations is here, and belongs to ${owner}[\\s\\S]*DETAIL:  This file changed nothing\\.\\nHINT: .* run: set observability\\.trusted_owners = '${owner}'; before this file, in the same session`,
      ),
    )
    assert.deepEqual(await schemaOf(pool), before)
    const trusted = psql(url, '000_create_base_tables_up.sql', '-c', `set observability.trusted_owners = '${owner}'`)
    assert.equal(trusted?.code, 0, trusted?.output)
  },
)

test(
  'by hand 008 refuses a table of a stranger, and the name that a table of another application has, before it has changed anything',
  { skip: withoutPsql },
  async (t) => {
    const { pool, url, owner, other } = await byHand(t)
    await migrateUp(runner(url, { settings: { trusted_owners: owner } }).options, { to: '007' })
    const taken: Array<{ nest: string; drop: string; refused: RegExp }> = [
      {
        nest: `set role ${other}; create table public.observability_scans (name text)`,
        drop: 'drop table public.observability_scans',
        refused:
          /ERROR: {2}008_create_link_tables: public\.observability_scans is not the table that this service makes under that name, for it lacks: rule_version int4, rule_settings text, .*\. Rename or drop it\nDETAIL: {2}This file changed nothing\./,
      },
      {
        nest: 'create view public.observability_links as select 1 as invocation_id',
        drop: 'drop view public.observability_links',
        refused: /public\.observability_links is no plain table: look what it is, and rename or drop it/,
      },
      {
        nest: `set role ${other}; create table public.observability_leases (name text, holder text, token bigint, expires_at timestamptz)`,
        drop: 'drop table public.observability_leases',
        refused: new RegExp(
          `what would run with the rights of deployer_\\w+ belongs to others: table public\\.observability_leases is here, and belongs to ${other}\\nDETAIL: {2}This file changed nothing\\.\\nHINT: .* run: set observability\\.trusted_owners = '${other}'; before this file`,
        ),
      },
    ]
    for (const { nest, drop, refused } of taken) {
      await pool.query(`${nest}; reset role`)
      const before = await schemaOf(pool)
      const run = psql(url, '008_create_link_tables_up.sql')
      assert.match(run?.output ?? '', refused)
      assert.deepEqual(await schemaOf(pool), before)
      await pool.query(drop)
    }
    assert.equal(psql(url, '008_create_link_tables_up.sql')?.code, 0)
  },
)

test('a service goes on to answer if another application has a table of 008, and no migration runs', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '007' })
  await pool.query('create table public.observability_links (invocation_id integer)')
  await assert.rejects(
    migrateUp(runner(url).options),
    /^MigrationError: nothing was changed: public\.observability_links is not the table that this service makes under that name, for it lacks: invocation_id uuid, created_at timestamptz, /,
  )
  assert.ok(
    (await checkMigrations(runner(url).options)).missing.includes(
      'table observability_leases (008_create_link_tables_up.sql)',
    ),
  )
})

test(
  'by hand in a database with tables of others: refused, with the statement that makes ours nonetheless',
  { skip: withoutPsql },
  async (t) => {
    const { pool, url } = await database(t, { migrated: false })
    await pool.query('create table orders (id integer)')
    const refused = psql(url, '000_create_base_tables_up.sql')
    assert.notEqual(refused?.code, 0)
    assert.match(
      refused?.output ?? '',
      /the database holds none of Event Detector's tables, but others: public\.orders\. .*\(by hand: set observability\.create_tables = 'on';\)[\s\S]*This file changed nothing/,
    )
    assert.deepEqual(
      (await schemaOf(pool)).filter((line) => !line.startsWith('column orders.')),
      [],
    )
    assert.equal(psql(url, '000_create_base_tables_up.sql', '-c', `set observability.create_tables = 'on'`)?.code, 0)
  },
)

test('a table that a stranger makes between the look and the making is not taken', async (t) => {
  const { pool, url, migrator, other } = await byHand(t)
  await pool.query(
    `drop table public.invocations, public.event_executions, public.job_executions; drop function public.update_updated_at(); grant create on schema public to ${migrator}`,
  )
  const stranger = await pool.connect()
  const [invocations = ''] = tables.split(';')
  await stranger.query(`begin; set local role ${other}; ${invocations}`)
  const { options, lines } = runner(url)
  // The first look finds nothing, the making waits for the stranger's transaction.
  const migrating = migrateUp(options)
  await until('the migration waits for the name', () => lines.some((line) => line.includes('waiting for a lock')))
  await stranger.query('commit')
  stranger.release()
  await assert.rejects(migrating, new RegExp(`table public\\.invocations is here, and belongs to ${other}`))
  assert.deepEqual(
    (await schemaOf(pool)).filter((line) => /^(column|function) (?!invocations)/.test(line)),
    [],
    'nothing of ours stays',
  )
})

test('whoever writes asks whose tables they are, also where no migration is wanted', async (t) => {
  const { url, owner } = await byHand(t)
  await assert.rejects(refuseToWrite(runner(url).options), new RegExp(`TRUSTED_OWNERS=${owner}$`))
  await refuseToWrite(runner(url, { settings: { trusted_owners: owner } }).options)
})

test('a view, a foreign kind of table or one with policies in place of the bookkeeping is never read', async (t) => {
  const { url, pool } = await database(t)
  await pool.query(`create table noted (what text); alter table observability_migrations rename to kept;
    create function note() returns boolean language plpgsql as $$ begin insert into noted values ('called'); return true; end $$;
    create view observability_migrations as select * from kept where note()`)
  for (const look of [migrationStatus, checkMigrations, migrateUp, migrateDown]) {
    await assert.rejects(
      look(runner(url).options),
      /^MigrationError: public\.observability_migrations is not the table of this service's bookkeeping: look what it is/,
    )
  }
  assert.deepEqual((await pool.query('select what from noted')).rows, [])
})
