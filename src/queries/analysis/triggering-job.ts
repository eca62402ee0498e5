import { sql, type Sql } from '../../db/sql.ts'
import { eachWay } from '../effective-link.ts'

/**
 * Joins `j`, the job that triggered the invocation `i`, for statements that count all links of a window: they leave the order of the joins to the planner, where
 * `linkOfInvocation` looks up each row that is shown. The first condition is the predicate of invocations_links_newest.
 */
export const triggeringJob: Readonly<Record<'column' | 'labels' | 'overlay', Sql>> = eachWay((way) =>
  way === 'overlay'
    ? sql`left join public.observability_links k
    on k.invocation_id = i.id
   and k.state = 'recovered'
  join public.job_executions j
    on j.id = coalesce(i.source_job_id, k.job_id)`
    : sql`join public.job_executions j
    on i.source_job_id is not null
   and j.id = i.source_job_id`,
)
