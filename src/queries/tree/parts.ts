import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeEventsRow, NodeParts, TreeLimits, TriggeredCount } from '../../domain/tree/row.ts'
import { carried, selected, type Columns } from '../columns.ts'
import { sourceJobId, triggeredBy } from '../effective-link.ts'
import { firstCrashes } from '../outcome.ts'
import {
  nodeCrashColumns,
  nodeEventColumns,
  nodeJobColumns,
  unpackEvents,
  unpackParts,
  type PackedEvents,
  type PackedPart,
} from './packed-parts.ts'

/** The jobs of these invocations (`ids`: an array of uuid) that a tree shows, with these columns: of each invocation the first ones by (created_at, id). */
export function shownJobs(ids: Sql, { maxJobs }: TreeLimits, columns: Columns = jobOfInvocation): Sql {
  return sql`
       select ${carried(sql`t`, columns)}
         from (select ${selected(columns)},
                      row_number() over (partition by j.invocation_id order by j.created_at, j.id) as nth
                 from public.job_executions j
                where j.invocation_id = any(${ids})) t
        where t.nth <= ${maxJobs}`
}

/** The jobs of these invocations likewise, however many each has: so many of all together, in no order. */
export function someJobs(ids: Sql, most: number, columns: Columns = jobOfInvocation): Sql {
  return sql`
       select ${selected(columns)}
         from public.job_executions j
        where j.invocation_id = any(${ids})
        limit ${most}`
}

const jobOfInvocation = { id: sql`j.id`, invocation_id: sql`j.invocation_id` }
const placeOfCrash = { invocation_id: sql`e.invocation_id`, created_at: sql`e.created_at` }
const placeOfJob = { invocation_id: sql`j.invocation_id`, created_at: sql`j.created_at` }

/** The jobs of these nodes (`ids`: an array of uuid) that `jobs` selects, and the first crash of each that crashed, unpacked by unpackParts; in the order of partOrder. */
export function partsOf(ids: Sql, { fields }: TreeLimits, jobs: (ids: Sql, columns: Columns) => Sql): Sql {
  return sql`(${jobs(ids, { ...nodeJobColumns(fields), ...placeOfJob })})
        union all
       (${firstCrashes(ids, { ...nodeCrashColumns(fields), ...placeOfCrash })})`
}

/** Those of one node together, its jobs by (created_at, id). */
export const partOrder = sql`p.invocation_id, p.created_at, p.id`

/** The jobs of a batch of nodes, those of each by (created_at, id), and the first crash of each that crashed. */
export async function jobsAndCrashesOfNodes(
  db: Queryable,
  ids: readonly string[],
  reach: TreeLimits,
): Promise<NodeParts> {
  return unpackParts(
    await db.query<PackedPart>(sql`
select ${carried(sql`p`, nodeJobColumns())}
  from (${partsOf(sql`${[...ids]}::uuid[]`, reach, (of, columns) => shownJobs(of, reach, columns))}) p
 order by ${partOrder}`),
  )
}

/** How many jobs each of these invocations has. */
export function jobCounts(
  db: Queryable,
  ids: readonly string[],
): Promise<Array<{ invocationId: string; count: number }>> {
  return db.query<{ invocationId: string; count: number }>(sql`
select j.invocation_id as "invocationId",
       count(*)::int as count
  from public.job_executions j
 where j.invocation_id = any(${[...ids]}::uuid[])
 group by j.invocation_id`)
}

/** Of so many invocations that a job triggered it is looked up whether they triggered something themselves. */
const LOOKED_BELOW = 100

/**
 * How many invocations each of these jobs triggered, the start of the walk apart, and how many stand below those: 0, or null where that is
 * not known, for only a walk would tell. Jobs that triggered none are left out.
 */
export function triggeredCounts(
  db: Queryable,
  start: string,
  jobIds: readonly string[],
  way: LinkWay,
): Promise<TriggeredCount[]> {
  return db.query<TriggeredCount>(countsOf(sql`${start}::uuid`, sql`${[...jobIds]}::uuid[]`, way))
}

/** The same as a select; `jobIds`: an array of uuid. */
export function countsOf(start: Sql, jobIds: Sql, way: LinkWay): Sql {
  const ofJob = { id: sql`i.id`, job_id: sourceJobId[way] }
  return sql`
select t."jobId",
       t.count,
       case when t.count <= ${LOOKED_BELOW} and b.id is null then 0 end as below
  from (select i.job_id as "jobId",
               count(*)::int as count
          from (${triggeredBy(sql`= any(${jobIds})`, ofJob, way)}) i
         where i.id <> ${start}
         group by i.job_id) t
  left join lateral (
       select b.id
         from (${triggeredBy(sql`= t."jobId"`, { id: sql`i.id` }, way)}) i
         join public.job_executions j
           on j.invocation_id = i.id
        cross join lateral (${triggeredBy(sql`= j.id`, { id: sql`i.id` }, way)}) b
        where t.count <= ${LOOKED_BELOW}
          and i.id <> ${start}
          and b.id <> ${start}
        limit 1) b
    on true`
}

/** The events of a batch of nodes. Those of one invocation are few, so each is sorted by itself. */
export async function eventsOfNodes(
  db: Queryable,
  ids: readonly string[],
  reach: TreeLimits,
): Promise<NodeEventsRow[]> {
  return (await db.query<PackedEvents>(eventsOf(sql`${[...ids]}::uuid[]`, reach))).map(unpackEvents)
}

/** The same as a select, unpacked by unpackEvents; `ids`: an array of uuid. */
export function eventsOf(ids: Sql, { maxJobs }: TreeLimits): Sql {
  return sql`
select n.id as "invocationId",
       e.detected,
       e.undetected,
       e.data
  from unnest(${ids}) as n (id)
 cross join lateral (
       select count(*) filter (where t.detected)::int as detected,
              count(*) filter (where not t.detected)::int as undetected,
              json_agg(json_build_array(${carried(sql`t`, nodeEventColumns)})
                order by t.created_at, t.id) filter (where t.detected and t.nth <= ${maxJobs}) as data
         from (select ${selected(nodeEventColumns)},
                      e.detected,
                      e.created_at,
                      row_number() over (partition by e.detected order by e.created_at, e.id) as nth
                 from public.event_executions e
                where e.invocation_id = n.id) t) e`
}
