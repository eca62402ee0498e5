import { join, sql, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import { keptOf, linkOfInvocation } from './effective-link.ts'
import { pageOrder } from './page.ts'

/** Some invocations `i` that a job triggered, as a select of them begins. */
export interface Linked {
  /** What stands behind `from`: `i`, and `l` if there is one. */
  from: Sql
  /** The columns of the order: an index has them. */
  at: Sql
  id: Sql
  /** The job that triggered `i`. */
  job: Sql
  /** The condition that each row fulfils. */
  always: Sql
}

/** All invocations that a job triggered: those of which the column says so, and in the overlay those of which our table does. No invocation is in both. */
export function linked(way: LinkWay): Linked[] {
  return branches(way, sql`is not null`)
}

/** Those that some jobs triggered; `ofJobs`: see triggeredBy. */
export function linkedTo(ofJobs: Sql, way: LinkWay): Linked[] {
  return branches(way, ofJobs)
}

function branches(way: LinkWay, ofJobs: Sql): Linked[] {
  const recorded = {
    from: sql`public.invocations i${linkOfInvocation[way]}`,
    at: sql`i.created_at`,
    id: sql`i.id`,
    job: sql`i.source_job_id`,
    always: sql`i.source_job_id ${ofJobs}`,
  }
  const kept = {
    from: sql`public.observability_links k
  join public.invocations i
    on i.id = k.invocation_id
   and i.source_job_id is null
 cross join lateral (
       select ${keptOf},
              (select e.id from public.job_executions e where e.id = k.job_id) as source_job_id
       offset 0) l`,
    at: sql`k.created_at`,
    id: sql`k.invocation_id`,
    job: sql`k.job_id`,
    always: sql`k.job_id ${ofJobs} and k.state = 'recovered' and l.source_job_id is not null`,
  }
  return way === 'overlay' ? [recorded, kept] : [recorded]
}

/** One page of what these selects find, each of which is a page of its own with the columns `createdAt` and `id`. The planner does not merge branches that join, and would sort all that there is. */
export function merged(selects: Sql[], order: PageRequest['order'], limit: Sql): Sql {
  const [only] = selects
  if (only && selects.length === 1) return only
  return sql`(${join(selects, ')\n union all\n(')})
 ${pageOrder(sql`"createdAt"`, sql`id`, order)}
 ${limit}`
}
