import type { Variant } from './variants.ts'

const checkedOnly = { MIGRATE_ON_START: 'off' }
const forgetMigrations = 'drop table observability_migrations'
const beside = 'One with triggers, rules, constraints, publications, operators or schemas of your own'
const others = 'One whose tables belong to another role than the one that migrates'
const none = 'returns trigger language plpgsql as $$ begin return new; end $$'

/** The link stands in the payload, and the column is made of it. */
const generated = `update invocations set source_event_payload = jsonb_build_object('__sourceJobId', source_job_id);
  alter table invocations drop column source_job_id cascade;
  alter table invocations add column source_job_id uuid generated always as ((source_event_payload->>'__sourceJobId')::uuid) stored`

/** What people add to their tables, and to what surrounds them. */
export const own: Variant[] = [
  {
    row: 'A `source_job_id` that is a generated column',
    quick: true,
    full: true,
    prepare: `${generated}; ${forgetMigrations}`,
    refused:
      /^nothing was changed: public\.invocations\.source_job_id is a generated column, and no migration runs on it: .*\. Start with MIGRATE_ON_START=off, or make it an ordinary one, which keeps its values if they are stored: alter table public\.invocations alter column source_job_id drop expression$/,
    mended: true,
  },
  {
    row: 'A `source_job_id` that is a generated column, with `MIGRATE_ON_START=off`',
    full: true,
    env: checkedOnly,
    prepare: generated,
  },
  {
    row: '`temp_file_limit = 0`',
    quick: true,
    prepare: 'alter database :database set temp_file_limit = 0',
    refused:
      /^this database cannot be served: temp_file_limit is 0 for postgres, .*; as a superuser: alter role postgres in database \w+ set temp_file_limit = -1$/,
  },
  {
    row: '`temp_file_limit = 0`',
    name: 'and the least memory',
    prepare: `alter database :database set temp_file_limit = 0; alter database :database set work_mem = '64kB'`,
    refused: /^(this database cannot be served|the database cannot be reached): .*set temp_file_limit = -1$/,
  },
  {
    row: others,
    name: 'a domain whose CHECK calls a function of a third one',
    prepare: `create role :role; create function fits(text) returns boolean language sql as 'select true'; alter function fits(text) owner to :role;
      create domain inner_name as text check (fits(value)); create domain name_text as inner_name; alter table invocations alter column source_function type name_text; ${forgetMigrations}`,
    refused: /constraint inner_name_check uses function public\.fits\(text\), and belongs to variant_\w+\. A service/,
  },
  {
    row: others,
    name: 'an event trigger that calls a function of a third one',
    prepare: `create role :role; create function seen() returns event_trigger language plpgsql as $$ begin end $$; alter function seen() owner to :role;
      create event trigger ":role" on ddl_command_start execute function seen(); ${forgetMigrations}`,
    refused: /event trigger variant_\w+ uses function public\.seen\(\), and belongs to variant_\w+\. A service/,
  },
  {
    row: beside,
    name: 'triggers that rewrite rows, and those of statements',
    quick: true,
    prepare: `create function rewrite() returns trigger language plpgsql as $$ begin new.source_function = coalesce(new.source_table, 'none'); return new; end $$;
      create trigger rewrite before insert on invocations for each row execute function rewrite(); create function told() ${none};
      create trigger told after insert or update or delete on job_executions for each statement execute function told(); ${forgetMigrations}`,
  },
  {
    row: 'One with another table of the same name',
    name: 'a column in capitals',
    prepare: 'alter table invocations rename source_table to "Source_Table"',
    refused: /^nothing was changed: public\.invocations lacks columns .*: source_table\. If DATABASE_URL/,
  },
  {
    row: 'One that Event Detector or these migrations made',
    name: 'rows without updated_at',
    full: true,
    prepare: ['invocations', 'event_executions', 'job_executions']
      .map(
        (table) =>
          `alter table ${table} alter column updated_at drop not null, disable trigger user; update ${table} set updated_at = null where id::text > '8'; alter table ${table} enable trigger user`,
      )
      .join(';'),
  },
  {
    row: beside,
    name: 'rules',
    prepare: `create table log (id uuid); create rule kept as on delete to invocations do instead nothing; create rule logged as on update to job_executions do also insert into log values (new.id)`,
  },
  {
    row: beside,
    name: 'event triggers that write',
    prepare: `create table ddl (tag text); create function seen() returns event_trigger language plpgsql as $$ begin insert into public.ddl values (tg_tag); end $$;
      create event trigger ":role" on ddl_command_end execute function seen(); ${forgetMigrations}`,
  },
  {
    row: beside,
    name: 'constraints that exclude, keys that are deferred, columns that are counted and generated',
    prepare: `alter table invocations add column nth bigint generated always as identity, add unique (nth) deferrable initially deferred; alter table job_executions add exclude using btree (id with =);
      alter table event_executions add column long boolean generated always as (detection_duration_ms > 1000) stored; ${forgetMigrations}`,
  },
  {
    row: beside,
    name: 'tables and types of these names in a schema that comes first, operators and functions in public',
    asRole: true,
    env: checkedOnly,
    prepare: `create role :role login password ':role'; create schema :role; create table :role.invocations (id integer); create table :role.job_executions (like public.job_executions);
      grant usage on schema :role to :role; grant select on all tables in schema :role to :role; grant select on all tables in schema public to :role; alter role :role set search_path = :role, public;
      create function public.same(uuid, uuid) returns boolean language sql as 'select true'; create operator public.= (leftarg = uuid, rightarg = uuid, function = public.same);
      create function public.left(text, integer) returns text language sql as $$ select 'shadow' $$; create type :role.text as enum ('a')`,
  },
  {
    row: beside,
    name: 'unlogged, compressed, columns that were dropped, a tablespace and storage of its own',
    prepare: `alter table invocations drop constraint fk_invocations_source_job_id; alter table job_executions set unlogged; alter table event_executions set unlogged; alter table invocations set unlogged;
      alter table invocations add column gone text; alter table invocations drop column gone; alter table invocations alter column source_event_payload set storage external; alter table job_executions set (fillfactor = 10); ${forgetMigrations}`,
  },
  {
    row: 'Policies that do not hold for the role of the service',
    name: 'forced, and a superuser',
    prepare: 'alter table invocations enable row level security; alter table invocations force row level security',
  },
]
