import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { KeptState } from '../../domain/link/kept.ts'

interface Done {
  id: string
}

/**
 * Writes the kept job of these invocations into source_job_id if that is empty and the job is there, and notes it. Rows that somebody else has
 * locked are left out. Gives the ids of those that were written. The foreign key waits for a job's row that somebody deletes (55P03), and
 * refuses one that is gone (23503).
 */
export async function writeLinks(
  db: Queryable,
  ids: readonly string[],
  states: readonly KeptState[],
): Promise<string[]> {
  const rows = await db.query<Done>(sql`
with free as materialized (
  select i.id,
         i.updated_at
    from public.invocations i
   where i.id = any(${[...ids]}::uuid[])
     and i.source_job_id is null
   order by i.id
     for no key update skip locked
), written as (
  update public.invocations i
     set source_job_id = l.job_id
    from free f
    join public.observability_links l
      on l.invocation_id = f.id
    join public.job_executions j
      on j.id = l.job_id
   where i.id = f.id
     and i.source_job_id is null
     and l.state = any(${[...states]}::text[])
  returning i.id,
            i.updated_at
)
${noted(sql`'mended'`)}`)
  return rows.map(({ id }) => id)
}

/** Empties source_job_id of these invocations if it still holds the job that we wrote, and notes it. Otherwise as `writeLinks`. */
export async function clearLinks(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await db.query<Done>(sql`
with free as materialized (
  select i.id,
         i.updated_at
    from public.invocations i
    join public.observability_links l
      on l.invocation_id = i.id
   where i.id = any(${[...ids]}::uuid[])
     and i.source_job_id = l.job_id
     and l.state = 'mended'
   order by i.id
     for no key update of i skip locked
), written as (
  update public.invocations i
     set source_job_id = null
    from free f
    join public.observability_links l
      on l.invocation_id = f.id
   where i.id = f.id
     and i.source_job_id = l.job_id
  returning i.id,
            i.updated_at
)
${noted(sql`'undone'`)}`)
  return rows.map(({ id }) => id)
}

/**
 * Our own write moves updated_at, of which ends are made, so the one before it is kept. The first one stays as long as nobody else writes
 * the row: a later write of the writer makes it void.
 */
function noted(state: Sql): Sql {
  return sql`
update public.observability_links l
   set state = ${state},
       updated_before = case when l.updated_after = f.updated_at then l.updated_before else f.updated_at end,
       updated_after = w.updated_at,
       decided_at = clock_timestamp()
  from written w
  join free f
    on f.id = w.id
 where l.invocation_id = w.id
returning l.invocation_id as id`
}

/** Of these invocations, notes as severed those whose column is empty and whose kept job is gone. Gives their ids. */
export async function severLinks(
  db: Queryable,
  ids: readonly string[],
  states: readonly KeptState[],
): Promise<string[]> {
  const rows = await db.query<Done>(sql`
update public.observability_links l
   set state = 'severed',
       decided_at = clock_timestamp()
 where l.invocation_id = any(${[...ids]}::uuid[])
   and l.state = any(${[...states]}::text[])
   and not exists (
         select from public.job_executions j
          where j.id = l.job_id)
returning l.invocation_id as id`)
  return rows.map(({ id }) => id)
}

/** Of these invocations, notes as undone those that were recovered, or mended until somebody else changed the column. Gives their ids. */
export async function withdrawLinks(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await db.query<Done>(sql`
update public.observability_links l
   set state = 'undone',
       decided_at = clock_timestamp()
 where l.invocation_id = any(${[...ids]}::uuid[])
   and (l.state = 'recovered'
        or l.state = 'mended'
           and not exists (
                 select from public.invocations i
                  where i.id = l.invocation_id
                    and i.source_job_id = l.job_id))
returning l.invocation_id as id`)
  return rows.map(({ id }) => id)
}
