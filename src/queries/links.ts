import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { ChainRow } from '../domain/model/link.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import { asOf, timed, type TimedRows } from './as-of.ts'
import { numberOf } from './column-types.ts'
import { carried, columnsRead, picked, selected } from './columns.ts'
import { triggeringColumns } from './details.ts'
import { eachWay, versionWithLink } from './effective-link.ts'
import { invocationColumns } from './invocations.ts'
import { linked, merged } from './linked.ts'
import { asText, matching, pageOf, pageOrder, rowLimit } from './page.ts'
import { versionOf } from './version.ts'

/** The filters of the list of links; several values mean OR. */
export interface ChainFilters {
  triggeringJob?: string[]
  triggeringFunction?: string[]
  triggeredFunction?: string[]
  jobStatus?: string[]
  status?: string[]
  correlationId?: string[]
}

const JOBS_SHOWN = 10

const linkColumns = eachWay((way) => ({
  ...picked(
    invocationColumns[way],
    'id',
    'sourceFunction',
    'status',
    'crash',
    'durationMs',
    'createdAt',
    'correlationId',
    'signOfLife',
  ),
  ...('link' in invocationColumns[way] ? picked(invocationColumns[way], 'link') : {}),
  ...triggeringColumns[way],
}))

/**
 * One page of links, and one row beyond it. The page is cut first; only its rows look at the jobs that were triggered,
 * or a filter on the triggering side would count the jobs of every link it passes over.
 */
export function chainRows(
  db: Queryable,
  filters: ChainFilters,
  page: PageRequest,
  way: LinkWay,
): Promise<TimedRows<ChainRow>> {
  const columns = columnsRead(
    linkColumns[way],
    page.fields?.columns,
    'id',
    'createdAt',
    'jobCreatedAt',
    'triggeringVersion',
  )
  const pages = linked(way).map(
    ({ from, at, id, job, always }) => sql`
        select ${selected(columns)},
               ${versionWithLink[way]} as version
          from ${from}
          join public.job_executions j
            on j.id = ${job}
          join public.invocations p
            on p.id = j.invocation_id
         ${pageOf({
           at,
           id,
           page,
           always,
           fenced: filters.correlationId !== undefined,
           filters: matching(filters, {
             triggeringJob: asText(sql`j.job_name`),
             triggeringFunction: asText(sql`p.source_function`),
             triggeredFunction: asText(sql`i.source_function`),
             jobStatus: asText(sql`j.status`),
             status: asText(sql`i.status`),
             correlationId: asText(sql`i.correlation_id`),
           }),
         })}`,
  )
  return timed<ChainRow>(
    db,
    sql`
select ${carried(sql`l`, columns)},
       c.count as "jobCount",
       c.data as jobs,
       concat_ws(',', l.version, l."triggeringVersion", c.count, c.versions) as version,
       ${asOf}
  from (${merged(pages, page.order, rowLimit(page.limit + 1))}) l
 cross join lateral (${page.fields && !page.fields.columns.has('jobs') ? noJobs : triggeredJobs}) c
 ${pageOrder(sql`l."createdAt"`, sql`l.id`, page.order)}`,
  )
}

/** The jobs that ran in the invocation `l`: how many, and the first ones. */
const triggeredJobs = sql`
       select count(*)::int as count,
              coalesce(json_agg(json_build_object('id', t.id, 'name', t.job_name, 'status', t.status, 'durationMs', t.duration_ms) order by t.created_at, t.id)
                filter (where t.nth <= ${JOBS_SHOWN}), '[]') as data,
              string_agg(t.version, ',' order by t.created_at, t.id) filter (where t.nth <= ${JOBS_SHOWN}) as versions
         from (select j.id,
                      j.job_name::text as job_name,
                      j.status::text as status,
                      ${numberOf(sql`j.duration_ms`)} as duration_ms,
                      j.created_at,
                      ${versionOf(sql`j`)} as version,
                      row_number() over (order by j.created_at, j.id) as nth
                 from public.job_executions j
                where j.invocation_id = l.id) t`

const noJobs = sql`
       select 0 as count,
              '[]'::json as data,
              null::text as versions`
