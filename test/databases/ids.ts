import type { Variant } from './variants.ts'

const keyless = ['invocations', 'event_executions', 'job_executions']
  .map((table) => `alter table ${table} drop constraint ${table}_pkey cascade`)
  .join(';')
const checkedOnly = { MIGRATE_ON_START: 'off' }
const doubled = 'Ids that occur more than once, as in a copy without primary keys'
const once = 'One without primary keys, in which each id occurs once'

/** Every third row once more, changed later than the one that it doubles. */
function again(table: string): string {
  return `alter table ${table} disable trigger user; create temp table taken as select * from ${table} order by id limit (select count(*) / 3 from ${table});
    update ${table} set updated_at = '2001-01-01', error_message = 'older' where id in (select id from taken); insert into ${table} select * from taken; drop table taken`
}

/** Databases in which nothing says that an id occurs once. */
export const ids: Variant[] = [
  {
    row: doubled,
    quick: true,
    full: true,
    env: checkedOnly,
    prepare: `${keyless}; ${again('invocations')}`,
    refused:
      /^this database cannot be served: public\.invocations has no unique index on id, and the id [-0-9a-f]{36} occurs 2 times, as others may: answers would show it as often\. See them: select id, count\(\*\) from public\.invocations group by id having count\(\*\) > 1; keep the newest row of each: delete from public\.invocations where /,
    mended: true,
  },
  {
    row: doubled,
    name: 'of jobs, beside an index that covers some',
    full: true,
    env: checkedOnly,
    prepare: `${keyless}; ${again('job_executions')}; create unique index unique_some on job_executions (id) where status = 'running' and error_message is null`,
    refused: /public\.job_executions has no unique index on id, and the id /,
    mended: true,
  },
  {
    row: doubled,
    name: 'in a partition and in a table that inherits',
    full: true,
    env: checkedOnly,
    prepare: `create table older () inherits (invocations); insert into older select * from only invocations order by id limit 10; update only invocations set updated_at = '2001-01-01', error_message = 'older' where id in (select id from older)`,
    refused: /public\.invocations has no unique index on id/,
    mended: true,
  },
  {
    row: doubled,
    name: 'migrated',
    full: true,
    prepare: `${keyless}; ${again('invocations')}; drop table observability_migrations`,
    refused: /public\.invocations has no unique index on id, and the id /,
    mended: true,
  },
  { row: once, quick: true, env: checkedOnly, prepare: keyless },
  {
    row: once,
    name: 'a key that may be broken within a transaction, one beside the instant, and one that is no index of unique',
    env: checkedOnly,
    prepare: `${keyless}; alter table invocations add unique (id) deferrable initially deferred; alter table event_executions add primary key (id, created_at); alter table job_executions add exclude using btree (id with =)`,
  },
]
