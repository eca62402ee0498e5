import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { RowRules } from '../../domain/liveness.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import type { TreeSummaryRow } from '../../domain/tree/tree-summary.ts'
import { asOf, timed, type TimedRows } from '../as-of.ts'
import { endOf, numberOf } from '../column-types.ts'
import { carried, columnsRead, selected, type Columns } from '../columns.ts'
import { eachWay, isRoot, linkOfInvocation, triggeredBy, writtenAt } from '../effective-link.ts'
import { endOfInvocation } from '../ends.ts'
import { invocationColumns } from '../invocations.ts'
import { isLive } from '../liveness.ts'
import { hasCrashed, hasFailed } from '../outcome.ts'
import { asText, matching, pageOf, pageOrder } from '../page.ts'

const walkColumns = eachWay((way) => ({
  id: sql`i.id`,
  status: sql`i.status::text`,
  created_at: sql`i.created_at`,
  updated_at: writtenAt[way],
  total_duration_ms: sql`i.total_duration_ms`,
}))

export interface RootFilters {
  rootFunction?: string[]
  /** Of the root. */
  correlationId?: string[]
}

/**
 * Roots of a window with the figures of their trees. A root is an invocation of which no source job is known, so no walk from one can meet a cycle.
 * The roots are cut first: each costs a walk of its own, which stops after `maxNodes` invocations and tells so in `cut`.
 */
export function rootRows(
  db: Queryable,
  filters: RootFilters,
  page: PageRequest,
  limit: number,
  maxNodes: number,
  rules: RowRules,
): Promise<TimedRows<TreeSummaryRow>> {
  const { linkWay: way } = rules
  const roots = pageOf({
    at: sql`i.created_at`,
    id: sql`i.id`,
    page,
    rows: limit,
    always: isRoot[way],
    fenced: filters.correlationId !== undefined,
    filters: matching(filters, {
      rootFunction: asText(sql`i.source_function`),
      correlationId: asText(sql`i.correlation_id`),
    }),
  })
  return timed<TreeSummaryRow>(
    db,
    sql`${withFigures(columnsRead(invocationColumns[way], page.fields?.columns, 'id', 'createdAt'), roots, maxNodes, rules)}
 ${pageOrder(sql`r."createdAt"`, sql`r.id`, page.order)}`,
  )
}

/** These invocations with the figures of the trees below them, in no order. One that lies on a cycle is its own descendant: `maxNodes` ends its walk. */
export function rootRowsWithIds(
  db: Queryable,
  ids: readonly string[],
  maxNodes: number,
  rules: RowRules,
): Promise<TimedRows<TreeSummaryRow>> {
  const roots = sql`where i.id = any(${[...ids]}::uuid[])`
  return timed<TreeSummaryRow>(db, withFigures(invocationColumns[rules.linkWay], roots, maxNodes, rules))
}

/** `columns`: which are read of the roots; `roots`: what stands behind the `from` of a select of invocations `i`. */
function withFigures(columns: Columns, roots: Sql, maxNodes: number, { staleAfter, linkWay: way }: RowRules): Sql {
  return sql`
select ${carried(sql`r`, invocationColumns[way])},
       t.invocations,
       t."failedInvocations",
       t."runningInvocations",
       t."staleInvocations",
       t.jobs,
       t."failedJobs",
       t."runningJobs",
       t."staleJobs",
       t."startedAt",
       t."endedAt",
       t."lastJobEnd",
       t.invocations >= ${maxNodes} as cut,
       ${asOf}
  from (select ${selected(columns)}
          from public.invocations i${linkOfInvocation[way]}
         ${roots}) r
 cross join lateral (
       with recursive walk as (
         select ${selected(walkColumns[way])}
           from public.invocations i${linkOfInvocation[way]}
          where i.id = r.id
          union all
         select ${carried(sql`t`, walkColumns[way])}
           from walk w
           join public.job_executions j
             on j.invocation_id = w.id
          cross join lateral (${triggeredBy(sql`= j.id`, walkColumns[way], way)}) t
       )
       select count(*)::int as invocations,
              count(*) filter (where ${hasFailed(sql`w.status`)} or ${hasCrashed(sql`w.id`)})::int as "failedInvocations",
              count(*) filter (where w.live)::int as "runningInvocations",
              count(*) filter (where w.status = 'running' and not w.live)::int as "staleInvocations",
              sum(j.count)::int as jobs,
              sum(j.failed)::int as "failedJobs",
              sum(j.live)::int as "runningJobs",
              sum(j.running - j.live)::int as "staleJobs",
              least(min(w.created_at), min(j.started)) as "startedAt",
              greatest(max(${endOfInvocation({ createdAt: sql`w.created_at`, updatedAt: sql`w.updated_at`, durationMs: sql`w.total_duration_ms` }, sql`j.last_end`)}), max(j.ended)) as "endedAt",
              max(j.last_end) filter (where w.id = r.id) as "lastJobEnd"
         from (select walk.id,
                      walk.status,
                      walk.created_at,
                      walk.updated_at,
                      walk.total_duration_ms,
                      ${isLive(sql`walk`, sql`walk.updated_at`, staleAfter)} as live
                 from walk
                limit ${maxNodes}) w
        cross join lateral (
              select count(*) as count,
                     count(*) filter (where ${hasFailed(sql`j.status`)}) as failed,
                     count(*) filter (where j.status::text = 'running') as running,
                     count(*) filter (where j.status::text = 'running' and j.duration_ms is null and w.live) as live,
                     min(j.created_at) as started,
                     max(${endOf(sql`j.created_at`, sql`j.duration_ms`)}) as ended,
                     max(${endOf(sql`j.created_at`, sql`j.duration_ms`)}) filter (where ${numberOf(sql`j.duration_ms`)} is not null) as last_end
                from public.job_executions j
               where j.invocation_id = w.id) j) t`
}
