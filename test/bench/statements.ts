import type { Queryable } from '../../src/db/db.ts'
import { empty, type Sql } from '../../src/db/sql.ts'

/** The statement that a query of the service sends: taken from it, so that the limit never drifts from what it limits. */
export async function statementOf(query: (db: Queryable) => Promise<unknown>): Promise<Sql> {
  let sent: Sql = empty
  await query({
    async query<R>(statement: Sql) {
      sent = statement
      // A list that found no row would ask for the clock of the database by itself.
      return [{ asOf: '' }] as R[]
    },
  })
  return sent
}

/** Limit B: the plain walk down a tree, counted. */
export const countTree = `
with recursive tree as (
  select i.id
    from invocations i
   where i.id = $1
   union all
  select i.id
    from tree t
    join job_executions j
      on j.invocation_id = t.id
    join invocations i
      on i.source_job_id = j.id
)
select count(*)
  from tree`

/** Before: the tree as people typed it, all rows of it. */
export const typedTree = `
with recursive tree as (
  select i.id,
         i.source_function,
         i.status,
         0 as depth
    from invocations i
   where i.id = $1
   union all
  select i.id,
         i.source_function,
         i.status,
         t.depth + 1
    from tree t
    join job_executions j
      on j.invocation_id = t.id
    join invocations i
      on i.source_job_id = j.id
)
select *
  from tree
 order by depth`

/** Before: the links of a day as people typed them, all rows of it. */
export const typedLinks = `
select p.source_function as triggering_function,
       j.job_name,
       j.status,
       j.duration_ms,
       i.source_function as triggered_function,
       i.created_at
  from invocations i
  join job_executions j
    on j.id = i.source_job_id
  join invocations p
    on p.id = j.invocation_id
 where i.created_at >= $1
   and i.created_at < $2
 order by i.created_at desc`

/** Before: figures of a window as people typed them. */
export const plainAnswers = {
  dependencies: `
select j.job_name,
       i.source_function,
       count(*),
       count(*) filter (where i.status = 'failed'),
       percentile_disc(array[0.5, 0.95]) within group (order by extract(epoch from i.created_at - j.created_at) * 1000 - j.duration_ms)
  from invocations i
  join job_executions j
    on j.id = i.source_job_id
 where i.created_at >= $1
   and i.created_at < $2
 group by j.job_name, i.source_function`,
  jobs: `
select job_name,
       count(*),
       count(*) filter (where status = 'failed'),
       percentile_disc(array[0.5, 0.95, 0.99]) within group (order by duration_ms)
  from job_executions
 where created_at >= $1
   and created_at < $2
 group by job_name`,
  functions: `
select source_function,
       count(*),
       count(*) filter (where status = 'failed'),
       percentile_disc(array[0.5, 0.95, 0.99]) within group (order by total_duration_ms)
  from invocations
 where created_at >= $1
   and created_at < $2
 group by source_function`,
  failures: `
select job_name,
       error_message,
       count(*),
       count(distinct invocation_id),
       max(created_at)
  from job_executions
 where status = 'failed'
   and created_at >= $1
   and created_at < $2
 group by job_name, error_message`,
  names: `
select 'function', source_function, count(*) from invocations where created_at >= $1 and created_at < $2 group by 2
 union all
select 'job', job_name, count(*) from job_executions where created_at >= $1 and created_at < $2 group by 2
 union all
select 'event', event_name, count(*) from event_executions where detected and created_at >= $1 and created_at < $2 group by 2
 union all
select 'table', source_table, count(*) from invocations where created_at >= $1 and created_at < $2 group by 2
 union all
select 'system', source_system, count(*) from invocations where created_at >= $1 and created_at < $2 group by 2`,
  missing: `
select j.job_name,
       i.source_function,
       count(*)
  from job_executions j
  left join invocations i
    on i.source_job_id = j.id
 where j.created_at >= $1::timestamptz - interval '7 days'
   and j.created_at < $2
 group by j.job_name, i.source_function`,
} as const
export type PlainAnswer = keyof typeof plainAnswers
