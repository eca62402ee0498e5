import { sql, type Maybe, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import { linkOfInvocation } from './effective-link.ts'

/** The invocations `i` that a job triggered, as a list of them begins. */
export interface Linked {
  /** What stands behind `from`: `i`, and `l` if there is one. */
  from: Sql
  /** The columns of the order: an index has them. */
  at: Sql
  id: Sql
  /** The job that triggered `i`. */
  job: Sql
  /** The condition that each row of the list fulfils. */
  always: Sql
}

/** All of them. */
export function linked(way: LinkWay): Linked {
  if (way === 'overlay') return overlaid()
  return {
    from: sql`public.invocations i${linkOfInvocation[way]}`,
    at: sql`i.created_at`,
    id: sql`i.id`,
    job: sql`i.source_job_id`,
    always: sql`i.source_job_id is not null`,
  }
}

/** Those of some jobs; `ofJobs`: see triggeredBy. */
export function linkedTo(ofJobs: Sql, way: LinkWay): Linked {
  if (way === 'overlay') return overlaid(ofJobs)
  return { ...linked(way), always: sql`i.source_job_id ${ofJobs}` }
}

/**
 * Two ordered branches, each by an index of its own, which the planner merges. What the column says counts first, and a job that is gone has triggered nothing.
 */
function overlaid(ofJobs?: Sql): Linked {
  const of = (column: Sql, unless: Maybe): Maybe => (ofJobs ? sql`${column} ${ofJobs}` : unless)
  return {
    from: sql`(select n.id,
               n.created_at,
               n.source_job_id as job_id,
               false as kept
          from public.invocations n
         where ${of(sql`n.source_job_id`, sql`n.source_job_id is not null`)}
         union all
        select k.invocation_id,
               k.created_at,
               k.job_id,
               true
          from public.observability_links k
         where ${of(sql`k.job_id`, sql`true`)}
           and k.state = 'recovered') t
  join public.invocations i
    on i.id = t.id${linkOfInvocation.overlay}`,
    at: sql`t.created_at`,
    id: sql`t.id`,
    job: sql`t.job_id`,
    always: sql`(not t.kept or i.source_job_id is null and l.source_job_id is not null)`,
  }
}
