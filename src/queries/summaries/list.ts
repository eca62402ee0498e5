import type { Queryable } from '../../db/db.ts'
import { sql, where, type Maybe, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import type { SortedRequest } from '../../domain/paging/sorted.ts'
import type { KeptTreeRow, TreeSort } from '../../domain/summaries/kept-tree.ts'
import { endOf, numberOf } from '../column-types.ts'
import { carried, columnsRead, selected } from '../columns.ts'
import { isRoot, linkOfInvocation } from '../effective-link.ts'
import { invocationColumns } from '../invocations.ts'
import { equals, pageOf } from '../page.ts'

/** Which trees are listed; several values of one filter mean OR. */
export interface KeptTreeFilters {
  status?: string[]
  rootFunction?: string[]
  /** Of the root. */
  correlationId?: string[]
  /** Functions, one of which an invocation of the tree has. */
  contains?: string[]
  minDurationMs?: number
  minInvocations?: number
  minFailures?: number
}

/** A page of trees sorted by a figure. */
export type SortedTrees = SortedRequest<TreeSort>

/** By what a list is sorted, and its type: an index is searched for values of its own type alone. */
const figures: Record<TreeSort, { value: Sql; type: Sql }> = {
  duration: { value: sql`s.duration_ms`, type: sql`float8` },
  invocations: { value: sql`s.invocations`, type: sql`integer` },
  failed: { value: sql`(s.failed_invocations + s.failed_jobs)`, type: sql`integer` },
}

const treeColumns = {
  treeStatus: sql`s.status`,
  complete: sql`s.complete`,
  invocations: sql`s.invocations`,
  jobs: sql`s.jobs`,
  failedInvocations: sql`s.failed_invocations`,
  failedJobs: sql`s.failed_jobs`,
  runningInvocations: sql`s.running_invocations`,
  runningJobs: sql`s.running_jobs`,
  staleRows: sql`s.stale`,
  startedAt: sql`s.started_at`,
  treeEnd: sql`s.ended_at`,
}

/** The latest end of the own jobs of a root `i`. */
const lastJobEnd = sql`(select max(${endOf(sql`j.created_at`, sql`j.duration_ms`)}) filter (where ${numberOf(sql`j.duration_ms`)} is not null)
               from public.job_executions j
              where j.invocation_id = i.id)`

/**
 * A page of trees that are kept, with their roots. The page is cut before its roots are read. Whether each tree that is met still has a root is looked up by the
 * primary key; the limit keeps the planner from reading all invocations for that.
 */
export function keptTreeRows(
  db: Queryable,
  filters: KeptTreeFilters,
  page: PageRequest | SortedTrees,
  way: LinkWay,
): Promise<KeptTreeRow[]> {
  const columns = columnsRead(invocationColumns[way], page.fields?.columns, 'id', 'createdAt')
  const figure = 'sort' in page ? figures[page.sort].value : sql`null::float8`
  return db.query<KeptTreeRow>(sql`
select ${carried(sql`r`, columns)},
       ${carried(sql`s`, treeColumns)},
       s.figure,
       r."lastJobEnd"
  from (select s.root_id,
               ${selected(treeColumns)},
               ${figure} as figure
          from public.observability_trees s
         ${'sort' in page ? sorted(filters, page, way) : byStart(filters, page, way)}) s
 cross join lateral (
       select ${selected(columns)},
              ${lastJobEnd} as "lastJobEnd"
         from public.invocations i${linkOfInvocation[way]}
        where i.id = s.root_id
        limit 1) r
 ${outerOrder(page)}`)
}

function byStart(filters: KeptTreeFilters, page: PageRequest, way: LinkWay): Sql {
  return pageOf({
    at: sql`s.created_at`,
    id: sql`s.root_id`,
    page,
    always: rootIsThere(way),
    filters: conditions(filters),
  })
}

function sorted(filters: KeptTreeFilters, { sort, from, to, order, limit, after }: SortedTrees, way: LinkWay): Sql {
  const { value, type } = figures[sort]
  const key = sql`(${value}, s.root_id)`
  const place = after && sql`(${after.figure}::${type}, ${after.id}::uuid)`
  return sql`
         ${where(
           sort === 'duration' && sql`s.duration_ms is not null`,
           ...conditions(filters),
           from !== null && sql`s.created_at >= ${timestamptz(from)}`,
           to !== null && to !== 'infinity' && sql`s.created_at < ${timestamptz(to)}`,
           place !== null && (order === 'asc' ? sql`${key} > ${place}` : sql`${key} < ${place}`),
           rootIsThere(way),
         )}
         ${order === 'asc' ? sql`order by ${value}, s.root_id` : sql`order by ${value} desc, s.root_id desc`}
         limit ${limit + 1}`
}

function outerOrder(page: PageRequest | SortedTrees): Sql {
  const at = 'sort' in page ? sql`s.figure` : sql`r."createdAt"`
  return page.order === 'asc' ? sql`order by ${at}, s.root_id` : sql`order by ${at} desc, s.root_id desc`
}

/** The root of a kept tree `s` is there, and still one. */
function rootIsThere(way: LinkWay): Sql {
  return sql`(select true from public.invocations i${linkOfInvocation[way]} where i.id = s.root_id and ${isRoot[way]} limit 1)`
}

function conditions(filters: KeptTreeFilters): Maybe[] {
  const { status, rootFunction, correlationId, contains, minDurationMs, minInvocations, minFailures } = filters
  return [
    status && sql`s.status ${equals(sql`text`, status)}`,
    rootFunction && sql`s.root_function ${equals(sql`text`, rootFunction)}`,
    // By the writer's index. All invocations of a correlation id are read, and not its roots alone: the others are the root of no `s`, and no look at their links is spent.
    correlationId &&
      sql`s.root_id = any(array(select i.id from public.invocations i where i.correlation_id::text = any(${[...correlationId]}::text[])))`,
    contains && sql`s.functions && ${[...contains]}::text[]`,
    minDurationMs !== undefined && sql`s.duration_ms >= ${minDurationMs}`,
    minInvocations !== undefined && sql`s.invocations >= ${minInvocations}`,
    minFailures !== undefined && sql`(s.failed_invocations + s.failed_jobs) >= ${minFailures}`,
  ]
}
