import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'

/** What is found by its name. */
export const searchedNames = ['function', 'job', 'event', 'table'] as const
export type SearchedName = (typeof searchedNames)[number]

/** So many names of a kind are looked at: each costs a lookup of about 20 µs. */
export const MOST_NAMES = 2000

/** Of so many invocations the tables are looked at: no index of the writer leads to their names. */
export const TABLES_OF = 20_000

/** The distinct names of one kind; one more than MOST_NAMES tells that there are more. */
export async function distinctNames(db: Queryable, kind: SearchedName): Promise<string[]> {
  const rows = await db.query<{ name: string }>(kind === 'table' ? tables : eachOnce(...sources[kind]))
  return rows.map(({ name }) => name)
}

const sources: Record<Exclude<SearchedName, 'table'>, [column: Sql, table: Sql]> = {
  function: [sql`r.source_function::text`, sql`public.invocations`],
  job: [sql`r.job_name::text`, sql`public.job_executions`],
  event: [sql`r.event_name::text`, sql`public.event_executions`],
}

/** One lookup in the index of the column for each name, where `distinct` would read all rows. */
function eachOnce(column: Sql, table: Sql): Sql {
  return sql`
with recursive names as (
  (select ${column} as name
     from ${table} r
    order by 1
    limit 1)
   union all
  select (select ${column}
            from ${table} r
           where ${column} > n.name
           order by 1
           limit 1)
    from names n
   where n.name is not null
)
select n.name
  from names n
 where n.name is not null
 limit ${MOST_NAMES + 1}`
}

const tables = sql`
select distinct i.source_table::text as name
  from (select r.source_table
          from public.invocations r
         order by r.created_at desc
         limit ${TABLES_OF}) i
 where i.source_table is not null
 limit ${MOST_NAMES + 1}`
