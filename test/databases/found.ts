import type { Variant } from './variants.ts'

/** Makes one of the tables partitioned by month, with the rows that it has. */
function partitioned(table: string, key: string): string {
  return `
    create table ${table}_new (like ${table} including defaults) partition by range (${key});
    create table ${table}_2026 partition of ${table}_new for values from ('2026-01-01') to ('2027-01-01');
    create table ${table}_else partition of ${table}_new default;
    drop table ${table} cascade;
    alter table ${table}_new rename to ${table}`
}

const others = 'create table orders (id integer); create table customers (id integer)'
const forgetMigrations = 'drop table observability_migrations'

const login = `create role :role login password ':role'`

/** What the service finds in a database before it makes or reads anything: whose database, whose tables, which kind of tables. */
export const found: Variant[] = [
  {
    row: 'An empty database',
    name: 'with an extension and its tables',
    from: 'empty',
    prepare:
      'create schema own; create extension pg_trgm schema own; create table mark (id integer); alter extension pg_trgm add table mark',
  },
  {
    row: 'One that Event Detector or these migrations made',
    name: 'beside tables of others, and copies elsewhere',
    prepare: `${others}; create schema archive; create table archive.invocations (like invocations)`,
  },
  {
    row: 'One that Event Detector or these migrations made',
    name: 'one table missing',
    prepare: `${others}; ${forgetMigrations}; alter table invocations drop column source_job_id; drop table job_executions`,
  },
  {
    row: "One with tables of others, and none of Event Detector's",
    quick: true,
    from: 'empty',
    prepare: others,
    refused:
      /^nothing was changed: the database holds none of Event Detector's tables, but others: public\.customers, public\.orders\. Is DATABASE_URL right\? To make the tables here, set CREATE_TABLES=on \(by hand: set observability\.create_tables = 'on';\)$/,
  },
  {
    row: "One with tables of others, and none of Event Detector's",
    name: 'many, in two schemas, checked only',
    from: 'empty',
    prepare: `${others}; create schema shop; create table shop.a (id integer); create table shop.b (id integer)`,
    env: { MIGRATE_ON_START: 'off' },
    refused: /but others: public\.customers, public\.orders, shop\.a and 1 more\./,
  },
  {
    row: 'The same, with `CREATE_TABLES=on`',
    quick: true,
    from: 'empty',
    prepare: others,
    env: { CREATE_TABLES: 'on' },
  },
  {
    row: 'One with another table of the same name',
    quick: true,
    from: 'empty',
    prepare: 'create table invocations (id uuid primary key, created_at timestamptz, status text)',
    refused:
      /^nothing was changed: public\.invocations lacks columns that Event Detector's table of that name has always had: updated_at, correlation_id, source_function, .*\. If DATABASE_URL leads to the right database, add them/,
  },
  {
    row: 'One with a table or view of others under a name that migration 008, 010, 011 or 012 uses',
    name: 'a view',
    prepare: `${forgetMigrations}; drop table observability_links; create view observability_links as select id as invocation_id from invocations`,
    refused:
      /^nothing was changed: public\.observability_links is no plain table: look what it is, and rename or drop it$/,
  },
  {
    row: 'One with a table or view of others under a name that migration 008, 010, 011 or 012 uses',
    prepare: `${forgetMigrations}; drop table observability_leases; create table observability_leases (tenant text, name text)`,
    refused:
      /^nothing was changed: public\.observability_leases is not the table that this service makes under that name, for it lacks: holder text, token int8, expires_at timestamptz\. Rename or drop it$/,
  },
  {
    row: 'One with a table or view of others under a name that migration 008, 010, 011 or 012 uses',
    name: 'one of 010',
    prepare: `${forgetMigrations}; drop table observability_rollups; create table observability_rollups (tenant text)`,
    refused:
      /^nothing was changed: public\.observability_rollups is not the table that this service makes under that name, for it lacks: [^\n]*\. Rename or drop it$/,
  },
  {
    row: 'One with a table or view of others under a name that migration 008, 010, 011 or 012 uses',
    name: 'one of 011',
    prepare: `${forgetMigrations}; drop table observability_trees; create table observability_trees (tenant text)`,
    refused:
      /^nothing was changed: public\.observability_trees is not the table that this service makes under that name, for it lacks: [^\n]*\. Rename or drop it$/,
  },
  {
    row: 'One with a table or view of others under a name that migration 008, 010, 011 or 012 uses',
    name: 'one of 012',
    prepare: `${forgetMigrations}; drop table observability_search; create table observability_search (tenant text)`,
    refused:
      /^nothing was changed: public\.observability_search is not the table that this service makes under that name, for it lacks: [^\n]*\. Rename or drop it$/,
  },
  {
    row: 'One with a table or view of others under a name that migration 008, 010, 011 or 012 uses, with `MIGRATE_ON_START=off`',
    prepare: 'drop table observability_links; create table observability_links (invocation_id integer, state text)',
    env: { MIGRATE_ON_START: 'off' },
  },
  {
    row: 'One with another table of the same name',
    name: 'whatever CREATE_TABLES says, and beside two that fit',
    prepare: `${forgetMigrations}; drop table job_executions cascade; create table job_executions (id integer)`,
    env: { CREATE_TABLES: 'on' },
    refused: /public\.job_executions lacks columns .*: invocation_id, event_execution_id/,
  },
  {
    row: 'One with another table of the same name',
    name: 'checked only',
    prepare: 'alter table event_executions drop column detected',
    env: { MIGRATE_ON_START: 'off' },
    refused: /public\.event_executions lacks columns .*: detected\. If/,
  },
  {
    row: 'One with the tables in a schema other than `public`',
    quick: true,
    prepare: `create schema observability; ${forgetMigrations}; alter table invocations set schema observability; alter table event_executions set schema observability; alter table job_executions set schema observability`,
    refused:
      /^nothing was changed: Event Detector's tables are in schema observability, and only public is supported\. Run: alter table observability\.event_executions set schema public; alter table observability\.invocations set schema public; alter table observability\.job_executions set schema public; or set CREATE_TABLES=on/,
  },
  {
    row: 'One whose tables belong to another role than the one that migrates',
    quick: true,
    prepare: `create role :role; ${forgetMigrations}; alter table invocations owner to :role`,
    refused:
      /table public\.invocations is here, and belongs to variant_\w+\. A service that only reads starts with MIGRATE_ON_START=off\. Otherwise look whether they are Event Detector's; if you trust their owners, migrate with\n {2}TRUSTED_OWNERS=variant_\w+$/,
  },
  {
    row: 'The same, with that role in `TRUSTED_OWNERS`',
    quick: true,
    prepare: `create role :role; ${forgetMigrations}; alter table invocations owner to :role; alter table job_executions owner to :role; alter function update_updated_at() owner to :role`,
    env: { TRUSTED_OWNERS: ' observability_admin , :role ' },
  },
  {
    row: 'One with a partitioned table, a partition, or a table that inherits or is inherited from',
    quick: true,
    prepare: `${partitioned('event_executions', 'created_at')}; ${forgetMigrations}`,
    refused:
      /^nothing was changed: public\.event_executions is partitioned, and no migration runs on it: nobody can upsert by id into it\. Start with MIGRATE_ON_START=off; "npm run migrate -- status" prints the statements for the indexes that it lacks$/,
  },
  {
    row: 'One with a partitioned table, a partition, or a table that inherits or is inherited from',
    name: 'a table that others inherit from',
    quick: true,
    prepare: `create table invocations_2025 () inherits (invocations); ${forgetMigrations}`,
    refused:
      /^nothing was changed: public\.invocations has tables that inherit from it, and no migration runs on it: nobody can upsert by id into all of them\. Start with MIGRATE_ON_START=off$/,
  },
  {
    row: 'One with a partitioned table, a partition, or a table that inherits or is inherited from',
    name: 'a partition',
    prepare: `create table every (like job_executions including defaults) partition by list (status); alter table every attach partition job_executions default; ${forgetMigrations}`,
    refused:
      /^nothing was changed: public\.job_executions is a partition of another table, or inherits from it, and no migration runs on it/,
  },
  {
    row: 'The same, with `MIGRATE_ON_START=off`',
    quick: true,
    prepare: ['invocations', 'event_executions', 'job_executions']
      .map((table) => partitioned(table, 'created_at'))
      .join(';'),
    env: { MIGRATE_ON_START: 'off' },
  },
  {
    row: 'The same, with `MIGRATE_ON_START=off`',
    name: 'a table that others inherit from',
    prepare: 'create table invocations_2025 () inherits (invocations)',
    env: { MIGRATE_ON_START: 'off' },
  },
  {
    row: 'One with a view (also a materialized one) or a foreign table in place of a table',
    quick: true,
    prepare: `alter table invocations rename to kept; create view invocations as select * from kept; ${forgetMigrations}`,
    refused:
      /^nothing was changed: public\.invocations is a view: the service reads the versions of rows, which only tables have\. Point DATABASE_URL at the database that holds the table itself$/,
  },
  {
    row: 'One with a view (also a materialized one) or a foreign table in place of a table',
    name: 'checked only',
    prepare: `alter table invocations rename to kept; create view invocations as select * from kept`,
    env: { MIGRATE_ON_START: 'off' },
    refused: /public\.invocations is a view:/,
  },
  {
    row: 'One with a view (also a materialized one) or a foreign table in place of a table',
    name: 'materialized',
    quick: true,
    prepare: `alter table job_executions rename to kept; create materialized view job_executions as select * from kept`,
    env: { MIGRATE_ON_START: 'off' },
    refused:
      /public\.job_executions is a materialized view: the service reads the versions of rows, which only tables have\. Point/,
  },
  {
    row: 'One with a view (also a materialized one) or a foreign table in place of a table',
    name: 'a foreign table',
    prepare: `drop table job_executions cascade; create extension if not exists postgres_fdw; create server far foreign data wrapper postgres_fdw; create foreign table job_executions (id uuid, invocation_id uuid) server far`,
    env: { MIGRATE_ON_START: 'off' },
    refused: /public\.job_executions is a foreign table:/,
  },
  {
    row: 'One that the role of the service may not read',
    quick: true,
    prepare: login,
    asRole: true,
    env: { MIGRATE_ON_START: 'off' },
    refused:
      /^the role (variant_\w+) may not read what the service shows: run as the owner of the tables: grant usage on schema public to \1; grant select on public\.event_executions, public\.invocations, public\.job_executions to \1;$/,
  },
  {
    row: 'One that the role of the service may not read',
    name: 'one table of three, with migrations',
    prepare: `${login}; grant select on invocations, event_executions to :role`,
    asRole: true,
    refused: /^the role variant_\w+ may not read .*grant select on/,
  },
  {
    row: 'One that the role of the service may not read',
    name: 'not the schema',
    prepare: `${login}; grant select on all tables in schema public to :role; revoke usage on schema public from public`,
    asRole: true,
    refused: /grant usage on schema public to variant_/,
  },
  {
    row: 'One that the role of the service may not read',
    name: 'only some columns',
    prepare: `${login}; grant select on event_executions, job_executions to :role; grant select (id, created_at) on invocations to :role`,
    asRole: true,
    env: { MIGRATE_ON_START: 'off' },
    refused: /^the role variant_\w+ may not read/,
  },
  {
    row: 'One whose tables the role of the service may read, and nothing else',
    quick: true,
    prepare: `${login}; grant select on invocations, event_executions, job_executions to :role`,
    asRole: true,
    env: { MIGRATE_ON_START: 'off' },
  },
  {
    row: 'One whose tables the role of the service may read, and nothing else',
    name: 'without MIGRATE_ON_START=off',
    prepare: `${login}; grant select on all tables in schema public to :role`,
    asRole: true,
  },
  {
    row: 'A wrong password, user or name of the database',
    quick: true,
    env: { DATABASE_WAIT: '60' },
    url: (url) => void (url.password = 'wrong'),
    refused:
      /^the database cannot be reached: password authentication failed for user "postgres"\. Look at user and password in DATABASE_URL$/,
  },
  {
    row: 'A wrong password, user or name of the database',
    name: 'no password',
    env: { DATABASE_WAIT: '60' },
    url: (url) => void (url.password = ''),
    refused: /^the database cannot be reached: .*\. (Give a password in|Look at user and password in) DATABASE_URL$/,
  },
  {
    row: 'A wrong password, user or name of the database',
    name: 'the database',
    quick: true,
    env: { DATABASE_WAIT: '60' },
    url: (url) => void (url.pathname = '/nowhere'),
    refused:
      /^the database cannot be reached: database "nowhere" does not exist\. Look at the name of the database in DATABASE_URL, or create it$/,
  },
  {
    row: 'A wrong password, user or name of the database',
    name: 'no right to connect',
    env: { DATABASE_WAIT: '60' },
    prepare: `${login}; revoke connect on database :database from public`,
    asRole: true,
    refused: /permission denied for database .*grant connect on database/,
  },
  {
    row: 'One that takes no connections, or one at a time',
    quick: true,
    env: { DATABASE_WAIT: '60' },
    url: (url) => void (url.pathname = '/template0'),
    refused:
      /^the database cannot be reached: database "template0" is not currently accepting connections\. If this is the right database, let it take some: alter database … allow_connections true$/,
  },
  {
    row: 'One that takes no connections, or one at a time',
    name: 'one for the role',
    asRole: true,
    prepare: `${login} connection limit 1; grant select on all tables in schema public to :role`,
    refused:
      /^the database cannot be reached for the migrations: too many connections for role "variant_\w+"\. A start needs two at once, a service POOL_SIZE and four: raise the limit \(alter role … connection limit …/,
  },
  {
    row: 'A `DATABASE_URL` with parameters that mean nothing, or characters that are not percent-encoded',
    quick: true,
    url: (url) => url.searchParams.set('schema', 'observability'),
    refused:
      /DATABASE_URL=postgres:\/\/…: allowed is a URL without the parameter schema \(only the schema public is supported\)/,
  },
  {
    row: 'One without the schema `public`',
    from: 'empty',
    prepare: 'drop schema public',
    refused: /The database has no schema "public": create it, then run the migrations again$/,
  },
  {
    row: 'One that Event Detector or these migrations made',
    name: 'with more columns, other orders of columns, and a view of it',
    prepare: `${forgetMigrations}; alter table event_executions drop column detected; alter table event_executions add column detected boolean not null default false, add column hash text generated always as (md5(event_name)) stored;
      create view v as select * from invocations`,
  },
  {
    row: 'One that Event Detector or these migrations made',
    name: 'with a bookkeeping that somebody widened, published, replicated',
    prepare: `alter table observability_migrations add column note integer; create publication p for all tables; alter table invocations replica identity full`,
  },
  {
    row: 'One with another table of the same name',
    name: 'names in capitals, which are others',
    from: 'empty',
    prepare: 'create table "Invocations" (id integer)',
    refused: /but others: public\."Invocations"\. Is DATABASE_URL right/,
  },
  {
    row: 'One with another table of the same name',
    name: 'a composite type and a sequence',
    from: 'empty',
    prepare: 'create type invocations as (id uuid); create sequence job_executions',
    refused: /public\.invocations is no table: .*public\.job_executions is no table:/,
  },
]
