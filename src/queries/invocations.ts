import type { Queryable } from '../db/db.ts'
import { sql, type Maybe, type Sql } from '../db/sql.ts'
import type { LinkPath } from '../domain/link/paths.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { RowRules } from '../domain/liveness.ts'
import type { InvocationRow } from '../domain/model/invocation.ts'
import type { Outcome } from '../domain/model/status.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import type { RunningFilters } from '../domain/paging/running-filters.ts'
import { asOf, timed, type TimedRows } from './as-of.ts'
import { messageOf, numberOf } from './column-types.ts'
import { columnsRead, selected } from './columns.ts'
import {
  eachWay,
  isRoot,
  linkLabel,
  linkOfInvocation,
  sourceJobId,
  versionWithLink,
  writtenAt,
} from './effective-link.ts'
import { linkFacts, type LinkFactsRow } from './link.ts'
import { linked, linkedTo, merged, type Linked } from './linked.ts'
import { overAllTime, runningConditions, signOfLife } from './liveness.ts'
import { cameOutAs, firstCrash } from './outcome.ts'
import { asText, asUuid, equals, matching, pageOf, rowLimit } from './page.ts'

/** The filters of the list of invocations; several values mean OR. */
export interface InvocationFilters extends RunningFilters {
  sourceJobId?: string[]
  correlationId?: string[]
  sourceEventId?: string[]
  status?: string[]
  outcome?: Outcome[]
  sourceFunction?: string[]
  sourceTable?: string[]
  sourceOperation?: string[]
  sourceSystem?: string[]
  /** true: only invocations that no job triggered, as far as the rows tell; false: only the others. */
  root?: boolean
}

/** Of `invocations i` and its `l`: what an answer shows, and nothing personal. An error message may hold a little: it is cut. */
export const invocationColumns = eachWay(
  (way) =>
    ({
      id: sql`i.id`,
      createdAt: sql`i.created_at`,
      updatedAt: writtenAt[way],
      durationMs: numberOf(sql`i.total_duration_ms`),
      status: sql`i.status::text`,
      crash: firstCrash(sql`i.id`),
      sourceFunction: sql`i.source_function::text`,
      sourceTable: sql`i.source_table::text`,
      sourceOperation: sql`i.source_operation::text`,
      sourceSystem: sql`i.source_system::text`,
      sourceEventId: sql`i.source_event_id`,
      sourceEventTime: sql`i.source_event_time`,
      correlationId: sql`i.correlation_id::text`,
      sourceJobId: sourceJobId[way],
      ...(way === 'column' ? {} : { link: linkLabel[way] }),
      eventsDetected: numberOf(sql`i.events_detected_count`),
      jobsRun: numberOf(sql`i.total_jobs_run`),
      jobsSucceeded: numberOf(sql`i.total_jobs_succeeded`),
      jobsFailed: numberOf(sql`i.total_jobs_failed`),
      errorMessage: messageOf(sql`i.error_message`),
      signOfLife: signOfLife(sql`i`, writtenAt[way]),
      version: versionWithLink[way],
    }) satisfies Record<Exclude<keyof InvocationRow, 'link'>, Sql>,
)

/** One page of invocations, and one row beyond it. */
export function invocationRows(
  db: Queryable,
  { outcome, ...filters }: InvocationFilters,
  page: PageRequest,
  rules: RowRules,
): Promise<TimedRows<InvocationRow>> {
  const { linkWay } = rules
  const selects = listed(filters, linkWay).map(
    ({ from, at, id, always }) => sql`
select ${selected(columnsRead(invocationColumns[linkWay], page.fields?.columns, 'id', 'createdAt', 'version'))},
       ${asOf}
  from ${from}
 ${pageOf({
   at,
   id,
   page,
   fenced: filters.correlationId !== undefined || overAllTime(filters, page),
   filters: [
     ...runningConditions(filters, sql`i.status::text = 'running'`, sql`i.created_at`),
     always,
     ...matching(filters, {
       correlationId: asText(sql`i.correlation_id`),
       sourceEventId: asUuid(sql`i.source_event_id`),
       status: asText(sql`i.status`),
       sourceFunction: asText(sql`i.source_function`),
       sourceTable: asText(sql`i.source_table`),
       sourceOperation: asText(sql`i.source_operation`),
       sourceSystem: asText(sql`i.source_system`),
     }),
     outcome && cameOutAs(outcome, rules),
   ],
 })}`,
  )
  return timed<InvocationRow>(db, merged(selects, page.order, rowLimit(page.limit + 1)))
}

/** Where the list begins that these filters on links leave. */
function listed(
  { sourceJobId: jobs, root }: InvocationFilters,
  way: LinkWay,
): Array<Pick<Linked, 'from' | 'at' | 'id'> & { always: Maybe }> {
  if (jobs !== undefined) {
    const branches = linkedTo(equals(sql`uuid`, jobs), way)
    return root === true ? branches.map((branch) => ({ ...branch, always: sql`false` })) : branches
  }
  if (root === false) return linked(way)
  return [
    {
      from: sql`public.invocations i${linkOfInvocation[way]}`,
      at: sql`i.created_at`,
      id: sql`i.id`,
      always: root === true && isRoot[way],
    },
  ]
}

/** One invocation, or none. */
export function invocationById(db: Queryable, id: string, way: LinkWay): Promise<InvocationRow[]> {
  return db.query<InvocationRow>(sql`
select ${selected(invocationColumns[way])}
  from public.invocations i${linkOfInvocation[way]}
 where i.id = ${id}::uuid`)
}

/** Those of these invocations that are there, in no order. */
export function invocationsById(db: Queryable, ids: readonly string[], way: LinkWay): Promise<InvocationRow[]> {
  return db.query<InvocationRow>(sql`
select ${selected(invocationColumns[way])}
  from public.invocations i${linkOfInvocation[way]}
 where i.id = any(${[...ids]}::uuid[])`)
}

/** The same of one, with what its link is told from; see linkFacts. */
export function invocationWithLink(
  db: Queryable,
  id: string,
  paths: readonly LinkPath[] | null,
  way: LinkWay,
): Promise<Array<InvocationRow & { linkFacts: LinkFactsRow }>> {
  return db.query<InvocationRow & { linkFacts: LinkFactsRow }>(sql`
select ${selected(invocationColumns[way])},
       ${linkFacts(sql`i.id`, paths, way)} as "linkFacts"
  from public.invocations i${linkOfInvocation[way]}
 where i.id = ${id}::uuid`)
}
