import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkState } from '../../domain/link/decide.ts'
import type { Rule } from './examine.ts'

/** What is kept of an invocation. `createdAt` is Postgres text. */
export interface Kept {
  id: string
  createdAt: string
  jobId: string
  state: LinkState
}

/** Keeps these, in place of what was kept of the same invocations; of an id that occurs twice, as in a copy without keys, once. When we wrote to the column stays, for ends are made of it. */
export async function keepLinks(db: Queryable, { version, settings }: Rule, links: readonly Kept[]): Promise<void> {
  if (links.length === 0) return
  await db.query(sql`
insert into public.observability_links as l (invocation_id, created_at, job_id, state, rule_version, rule_settings)
select distinct on (k.id)
       k.id,
       k."createdAt",
       k."jobId",
       k.state,
       ${version}::integer,
       ${settings}
  from json_to_recordset(${JSON.stringify(links)}::json) k (id uuid, "createdAt" timestamptz, "jobId" uuid, state text)
 order by k.id, k."createdAt" desc
    on conflict (invocation_id) do update
   set created_at = excluded.created_at,
       job_id = excluded.job_id,
       state = excluded.state,
       rule_version = excluded.rule_version,
       rule_settings = excluded.rule_settings,
       decided_at = clock_timestamp()`)
}

/** Keeps nothing of these any more. Of those whose column we wrote, when we did so stays, as undone: ends are made of it. */
export async function forgetLinks(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db.query(sql`
with written as (
  update public.observability_links l
     set state = 'undone',
         decided_at = clock_timestamp()
   where l.invocation_id = any(${[...ids]}::uuid[])
     and l.updated_after is not null
)
delete from public.observability_links l
 where l.invocation_id = any(${[...ids]}::uuid[])
   and l.updated_after is null`)
}

/** Of these invocations those from which others hang: their jobs have triggered some, as recorded or as kept. */
export async function thoseWithChildren(db: Queryable, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.query<{ id: string }>(sql`
select c.id
  from unnest(${[...ids]}::uuid[]) c (id)
 where exists (
       select
         from public.job_executions j
        where j.invocation_id = c.id
          and (exists (
                 select
                   from public.invocations i
                  where i.source_job_id = j.id)
               or exists (
                 select
                   from public.observability_links l
                  where l.job_id = j.id
                    and l.state in ('recovered', 'mended'))))`)
  return rows.map(({ id }) => id)
}

/**
 * Of these invocations those to which a climb from their own parent leads back, over links that are recorded or kept. A link that was mended counts
 * while the column is empty too: it may be written again. What was climbed over is not climbed over again, so that any circle ends.
 */
export async function thoseInCircles(db: Queryable, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.query<{ id: string }>(sql`
with recursive climbed (id, at) as (
  select c.id,
         p.parent_id
    from unnest(${[...ids]}::uuid[]) c (id)
   cross join lateral (${parentOf}) p
   union
  select c.start,
         p.parent_id
    from (select k.id as start,
                 k.at as id
            from climbed k
           where k.at <> k.id) c
   cross join lateral (${parentOf}) p
)
select k.id
  from climbed k
 where k.at = k.id`)
  return rows.map(({ id }) => id)
}

const parentOf = sql`
         select j.invocation_id as parent_id
           from public.invocations i
           left join lateral (
                select l.job_id
                  from public.observability_links l
                 where l.invocation_id = i.id
                   and l.state in ('recovered', 'mended')
                 limit 1) l
             on true
           join public.job_executions j
             on j.id = coalesce(i.source_job_id, l.job_id)
          where i.id = c.id
          limit 1`
