import type { Variant } from './variants.ts'

const numbers: Record<string, string> = {
  invocations: 'total_duration_ms events_detected_count total_jobs_run total_jobs_succeeded total_jobs_failed',
  event_executions: 'detection_duration_ms handler_duration_ms jobs_count jobs_succeeded jobs_failed',
  job_executions: 'duration_ms',
}

const texts: Record<string, string> = {
  invocations: 'source_function source_table source_operation source_system correlation_id status error_message',
  event_executions: 'event_name status detection_error handler_error',
  job_executions: 'job_name job_function_name correlation_id status error_message',
}

/** Changes the type (or type and collation) of these columns of all three tables. */
function retyped(columns: Record<string, string>, type: string): string {
  return Object.entries(columns)
    .map(
      ([table, names]) =>
        `alter table ${table} ${names
          .split(' ')
          .map((name) => `alter column ${name} type ${type}`)
          .join(', ')};`,
    )
    .join('\n')
}

/** The CHECKs and defaults of the three status columns stand in the way of another type. */
const unchecked = `
  do $$ declare c record; begin
    for c in select conrelid::regclass as of, conname from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace loop
      execute format('alter table %s drop constraint %I', c.of, c.conname);
    end loop;
  end $$;
  alter table invocations alter column status drop default;
  alter table event_executions alter column status drop default;
  alter table job_executions alter column status drop default;`

/** Those of migrations 006 and 007, whose conditions stand in the way too. The start builds them anew. */
const unindexed =
  'drop index event_executions_crashes_by_invocation; drop index event_executions_detected_newest; drop table observability_migrations;'

const enums = `${unchecked} ${unindexed}
  create type run_status as enum ('completed', 'running', 'failed');
  create type event_status as enum ('detecting', 'not_detected', 'handling', 'completed', 'failed', 'detection_failed', 'handler_failed');
  create type operation as enum ('INSERT', 'UPDATE', 'DELETE', 'MANUAL');
  alter table invocations alter column status type run_status using status::run_status, alter column source_operation type operation using source_operation::operation;
  alter table event_executions alter column status type event_status using status::event_status;
  alter table job_executions alter column status type run_status using status::run_status;`

/** Their ids, of another type. */
function identified(type: string): string {
  const ids = {
    invocations: 'id source_job_id',
    event_executions: 'id invocation_id',
    job_executions: 'id invocation_id event_execution_id',
  }
  return retyped(ids, type)
}

/** Text and uuid cannot refer to each other. */
const unlinked = `
  do $$ declare c record; begin
    for c in select conrelid::regclass as of, conname from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace loop
      execute format('alter table %s drop constraint %I', c.of, c.conname);
    end loop;
  end $$;`

const other =
  'Columns of other types that hold the same: int2 to int8, numeric, real, double precision; varchar, char(n), name, citext, enums, domains'
const collations = 'Text of any collation, also one that takes different texts for equal'

const odd = 'Numbers that are negative, no whole ones, infinite, NaN or beyond 2^53'

/** One of the two in a third of the rows each, in every column of a number, so that they stand beside ordinary ones. */
function odds(one: string, other: string): string {
  return Object.entries(numbers)
    .map(([table, names]) => {
      const set = names
        .split(' ')
        .map(
          (name, nth) =>
            `${name} = case (ascii(id::text) + ${nth}) % 3 when 0 then ${one} when 1 then ${other} else ${name} end`,
        )
      return `update ${table} set ${set.join(', ')}`
    })
    .join(';')
}

const respelled = 'A `status` that holds a word for one of these in other spelling, such as `FAILED` or `error`'

/** Columns of other types than the writer's own. */
export const types: Variant[] = [
  { row: other, name: 'bigint', quick: true, prepare: retyped(numbers, 'bigint') },
  { row: other, name: 'smallint', prepare: retyped(numbers, 'smallint') },
  { row: other, name: 'numeric', prepare: retyped(numbers, 'numeric(20,3)') },
  { row: other, name: 'double precision', prepare: retyped(numbers, 'double precision') },
  { row: other, name: 'varchar', prepare: retyped(texts, 'varchar(2000)') },
  { row: other, name: 'citext', prepare: `create extension citext; ${unchecked} ${retyped(texts, 'citext')}` },
  {
    row: other,
    name: 'char(n), name',
    prepare:
      retyped(
        {
          invocations: 'source_function source_table source_operation correlation_id status',
          job_executions: 'job_name status correlation_id',
          event_executions: 'event_name status',
        },
        'char(40)',
      ) + retyped({ invocations: 'source_system', job_executions: 'job_function_name' }, 'name'),
  },
  { row: other, name: 'enums', quick: true, prepare: enums },
  { row: other, name: 'json', prepare: 'alter table invocations alter column source_event_payload type json' },
  {
    row: other,
    name: 'real, with fractions',
    prepare: retyped({ invocations: 'total_duration_ms', job_executions: 'duration_ms' }, 'real'),
    after:
      'update invocations set total_duration_ms = total_duration_ms + 0.1; update job_executions set duration_ms = duration_ms * 1.3',
  },
  {
    row: odd,
    numbers: true,
    name: 'negative ones, in integers',
    quick: true,
    after: odds('-1', '-7'),
  },
  {
    row: odd,
    numbers: true,
    name: 'beyond 2^53, in bigint',
    prepare: retyped(numbers, 'bigint'),
    after: odds('9007199254740993', '-9007199254740993'),
  },
  {
    row: odd,
    numbers: true,
    name: 'beyond 32 bits, in bigint',
    prepare: retyped(numbers, 'bigint'),
    after: odds('4294967297', '-4294967297'),
  },
  {
    row: odd,
    numbers: true,
    name: 'NaN and fractions, in numeric',
    quick: true,
    prepare: retyped(numbers, 'numeric'),
    after: odds(`'NaN'`, '-2.5'),
  },
  {
    row: odd,
    numbers: true,
    name: 'longer than a double, in numeric',
    prepare: retyped(numbers, 'numeric'),
    after: odds('1e400', '-1e400'),
  },
  {
    row: odd,
    numbers: true,
    name: 'nearer to zero than a double, in numeric',
    quick: true,
    prepare: retyped(numbers, 'numeric'),
    after: odds('1e-400', '-1e-400'),
  },
  {
    row: odd,
    numbers: true,
    name: 'infinite, in double precision',
    prepare: retyped(numbers, 'double precision'),
    after: odds(`'infinity'`, `'-infinity'`),
  },
  {
    row: other,
    name: 'domains',
    prepare: `create domain name_text as varchar(500) check (value <> ''); create domain ms as bigint; ${retyped({ ...texts, invocations: 'source_function source_table', event_executions: 'event_name', job_executions: 'job_name' }, 'name_text')} ${retyped(numbers, 'ms')}`,
  },
  {
    row: other,
    name: 'domains of instants, flags and JSON',
    prepare: `create domain moment as timestamptz; create domain flag as boolean check (value is not null); create domain document as jsonb;
      ${retyped({ invocations: 'created_at updated_at source_event_time', event_executions: 'created_at updated_at', job_executions: 'created_at updated_at' }, 'moment')}
      ${retyped({ event_executions: 'detected' }, 'flag')} ${retyped({ invocations: 'source_event_payload context_data', job_executions: 'job_options result' }, 'document')}`,
  },
  {
    row: collations,
    name: 'C',
    quick: true,
    prepare: retyped({ job_executions: 'job_name', invocations: 'source_function' }, 'text collate "C"'),
  },
  { row: collations, name: 'ICU', prepare: retyped(texts, 'text collate "de-x-icu"') },
  {
    row: collations,
    name: 'ICU that ignores case',
    prepare: `create collation anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ${retyped(texts, 'text collate anycase')}`,
  },
  {
    row: 'Instants without a time zone (`timestamp`)',
    name: 'created_at',
    quick: true,
    prepare: `alter table invocations alter column created_at type timestamp using created_at at time zone 'UTC'`,
    refused:
      /^this database cannot be served: public\.invocations\.created_at is timestamp without time zone, and the service reads timestamptz there; change it \(if its times are in UTC\): alter table public\.invocations alter column created_at type timestamptz using created_at at time zone 'UTC'$/,
    mended: true,
  },
  {
    row: 'Instants without a time zone (`timestamp`)',
    name: 'source_event_time',
    prepare: `alter table invocations alter column source_event_time type timestamp using source_event_time at time zone 'UTC'`,
    refused: /public\.invocations\.source_event_time is timestamp without/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'a correlation id of uuid',
    prepare: 'alter table invocations alter column correlation_id type uuid using correlation_id::uuid',
    refused:
      /public\.invocations\.correlation_id is uuid, and the service reads text there; change it: alter table public\.invocations alter column correlation_id type text using correlation_id::text$/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'a payload of text',
    quick: true,
    prepare: 'alter table invocations alter column source_event_payload type text using source_event_payload::text',
    refused: /source_event_payload is text, and the service reads jsonb there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'a duration of interval',
    prepare: `alter table job_executions alter column duration_ms type interval using duration_ms * interval '1 ms'`,
    refused: /duration_ms is interval, and the service reads integer there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'a context of hstore',
    prepare: 'create extension hstore; alter table invocations alter column context_data type hstore using null',
    refused: /context_data is public\.hstore, and the service reads jsonb there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'an array of correlation ids',
    prepare: 'alter table invocations alter column correlation_id type text[] using array[correlation_id]',
    refused: /correlation_id is text\[\], and the service reads text there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'counters of money',
    prepare:
      'alter table event_executions alter column jobs_count drop default, alter column jobs_count type money using jobs_count::money',
    refused: /jobs_count is money, and the service reads integer there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'dates',
    prepare: 'alter table job_executions alter column created_at type date',
    refused:
      /created_at is date, .*change it \(if its times are in UTC\): .* using created_at::timestamp at time zone 'UTC'$/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'instants of text',
    prepare: 'alter table job_executions alter column created_at type text',
    refused: /created_at is text, and the service reads timestamptz there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'instants in ms',
    quick: true,
    prepare: `alter table invocations alter column created_at drop default, alter column created_at type bigint using 0, alter column created_at set default 0`,
    refused:
      /created_at is bigint, .*change it \(if its numbers are ms since 1970\): .*alter column created_at set default now\(\)$/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'a flag of numbers',
    prepare: `${unindexed} alter table event_executions alter column detected drop default, alter column detected type smallint using detected::integer, alter column detected set default 0`,
    refused: /detected is smallint, and the service reads boolean there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'a flag of text',
    prepare: `${unindexed} alter table event_executions alter column detected type text`,
    refused: /detected is text, and the service reads boolean there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'counts of text',
    prepare: 'alter table invocations alter column total_jobs_run type text',
    refused: /total_jobs_run is text, and the service reads integer there/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'ids of char(36)',
    prepare: `${unlinked} ${identified('char(36)')}`,
    refused:
      /public\.invocations\.id is character\(36\), and the service reads uuid there; change it \(foreign keys on it must go first\): alter table/,
    mended: true,
  },
  {
    row: 'Columns of any other type',
    name: 'ids of a domain',
    prepare: `create domain key as uuid; ${identified('key')}`,
    refused:
      /public\.job_executions\.invocation_id is public\.key, and the service reads uuid there; change it: alter table/,
    mended: true,
  },
  {
    row: 'A `status` of an enum with other words than `running`, `completed` and `failed`',
    quick: true,
    prepare: `${unchecked} create type run_status as enum ('RUNNING', 'COMPLETED', 'cancelled'); alter table invocations alter column status type run_status using upper(status)::run_status`,
    refused:
      /^this database cannot be served: public\.invocations\.status is public\.run_status, an enum without running, completed, failed, by which the service tells how a run ended; change it: alter type public\.run_status rename value 'RUNNING' to 'running'; alter type public\.run_status rename value 'COMPLETED' to 'completed'; alter type public\.run_status add value 'failed'$/,
    mended: true,
  },
  {
    row: respelled,
    quick: true,
    full: true,
    prepare: `${unchecked} update job_executions set status = 'FAILED' where status = 'failed'; update job_executions set status = 'Completed' where status = 'completed'; update job_executions set status = 'it''s off' where id in (select id from job_executions where status = 'running' order by id limit 1)`,
    refused:
      /^this database cannot be served: public\.job_executions\.status holds 'Completed' for completed, 'FAILED' for failed, and no filter or figure would count it; let the writer write the words of Event Detector, and change the rows: update public\.job_executions set status = 'completed' where status = 'Completed'; update public\.job_executions set status = 'failed' where status = 'FAILED'$/,
    mended: true,
  },
  {
    row: respelled,
    name: 'another word, in a CHECK that was widened, and in an enum of the other table',
    full: true,
    prepare: `${unchecked} alter table job_executions add check (status in ('running', 'completed', 'failed', 'error')); update job_executions set status = 'error' where status = 'failed';
      create type run_status as enum ('failed', 'running', 'completed', 'Timed Out'); alter table invocations alter column status type run_status using replace(status, 'failed', 'Timed Out')::run_status`,
    env: { MIGRATE_ON_START: 'off' },
    refused:
      /public\.invocations\.status holds 'Timed Out' for timed_out, .*update public\.invocations set status = 'timed_out' where status = 'Timed Out'$/,
  },
  {
    row: 'A `status` that holds words of your own, such as `cancelled`',
    full: true,
    prepare: `${unchecked} update job_executions set status = 'cancelled' where status = 'failed'; update invocations set status = 'queued' where status = 'failed'`,
  },
  {
    row: 'A column that may hold NULL where the tables of Event Detector never do, as in a copy made by `create table … as`',
    name: 'NOT NULL that is NOT VALID (Postgres 18)',
    quick: true,
    prepare: `alter table job_executions alter column job_name drop not null;
      do $$ begin if current_setting('server_version_num')::int >= 180000 then execute 'alter table job_executions add constraint named not null job_name not valid'; end if; end $$`,
    refused:
      /^this database cannot be served: public\.job_executions\.job_name may hold NULL, and no answer can; change it: alter table public\.job_executions alter column job_name set not null$/,
    mended: true,
  },
  {
    row: 'A column that may hold NULL where the tables of Event Detector never do, as in a copy made by `create table … as`',
    quick: true,
    prepare: 'alter table job_executions alter column created_at drop not null',
    refused:
      /^this database cannot be served: public\.job_executions\.created_at may hold NULL, and no answer can; change it: alter table public\.job_executions alter column created_at set not null$/,
    mended: true,
  },
  {
    row: 'Policies (row security) that hide rows from the role of the service',
    quick: true,
    asRole: true,
    env: { MIGRATE_ON_START: 'off' },
    prepare: `create role :role login password ':role'; grant select on all tables in schema public to :role; alter table invocations enable row level security; create policy own on invocations using (source_system = 'shop')`,
    refused:
      /^this database cannot be served: row security hides rows of public\.invocations from variant_\w+, and trees would be shown without them; let it see all: alter role variant_\w+ bypassrls$/,
  },
  {
    row: 'Policies (row security) that hide rows from the role of the service',
    name: 'a role with a space and capitals',
    asRole: true,
    env: { MIGRATE_ON_START: 'off' },
    url: (url) => void (url.username += ' Read'),
    prepare: `create role ":role Read" login password ':role'; grant select on all tables in schema public to ":role Read"; alter table invocations enable row level security`,
    refused: /; let it see all: alter role "variant_\w+ Read" bypassrls$/,
  },
  {
    row: 'Policies that do not hold for the role of the service',
    prepare: 'alter table invocations enable row level security',
  },
]
