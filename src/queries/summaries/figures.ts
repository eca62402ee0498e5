import type { Queryable } from '../../db/db.ts'
import { empty, sql, type Sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { RunCosts } from '../../domain/critical-path/path-costs.ts'
import { within } from '../analysis/within.ts'
import { equals } from '../page.ts'

/** Trees of a window that were summed up, and of these functions at their roots (absent: of any). */
export interface KeptTrees {
  window: Window
  rootFunction?: readonly string[] | undefined
}

/** How many trees are over, are not, and are too large to have a shape. */
export interface KeptCounts {
  over: number
  open: number
  tooLarge: number
}

export async function keptCounts(db: Queryable, trees: KeptTrees): Promise<KeptCounts> {
  const [row] = await db.query<KeptCounts>(sql`
select count(*) filter (where t.ended_at is not null and t.shape is not null)::float8 as over,
       count(*) filter (where t.ended_at is null and t.shape is not null)::float8 as open,
       count(*) filter (where t.shape is null)::float8 as "tooLarge"
  from public.observability_trees t
 where ${those(trees)}`)
  return row ?? { over: 0, open: 0, tooLarge: 0 }
}

/** The trees of one shape that are over; instants are Postgres text. */
export interface ShapeRow {
  hash: string
  /** Null: it is not there, as after somebody emptied the table. */
  line: string | null
  rootFunction: string
  invocations: number
  jobs: number
  trees: number
  failed: number
  /** p50, p95 and p99 by nearest rank, ms; null: none has a duration. */
  durations: number[] | null
  firstSeen: string
  lastSeen: string
  sampleId: string
}

/** All trees of one shape have one root function, and equally many invocations and jobs. */
export function shapeRows(db: Queryable, trees: KeptTrees): Promise<ShapeRow[]> {
  return db.query<ShapeRow>(sql`
select s.hash,
       l.line,
       s."rootFunction",
       s.invocations,
       s.jobs,
       s.trees,
       s.failed,
       s.durations,
       s."firstSeen",
       s."lastSeen",
       (select t.root_id
          from public.observability_trees t
         where t.created_at = s."lastSeen"
           and t.shape = s.hash
         order by t.root_id desc
         limit 1) as "sampleId"
  from (select t.shape as hash,
               min(t.root_function) as "rootFunction",
               min(t.invocations) as invocations,
               min(t.jobs) as jobs,
               count(*)::float8 as trees,
               count(*) filter (where t.failed_invocations + t.failed_jobs > 0)::float8 as failed,
               percentile_disc(array[0.5, 0.95, 0.99]) within group (order by t.duration_ms) as durations,
               min(t.created_at) as "firstSeen",
               max(t.created_at) as "lastSeen"
          from public.observability_trees t
         where ${those(trees)}
           and t.ended_at is not null
           and t.shape is not null
         group by t.shape) s
  left join public.observability_shapes l
    on l.hash = s.hash`)
}

/** What one run cost; `at` is Postgres text. */
export interface PathRow {
  id: string
  at: string
  path: RunCosts
}

/** The critical paths of trees that are over, of one shape or any: the newest so many, newest first. */
export function pathRows(db: Queryable, trees: KeptTrees, shape: string | undefined, most: number): Promise<PathRow[]> {
  return db.query<PathRow>(sql`
select t.root_id as id,
       t.created_at as at,
       t.path
  from public.observability_trees t
 where ${those(trees)}
   and t.path is not null${
     shape === undefined
       ? empty
       : sql`
   and t.shape = ${shape}`
   }
 order by t.created_at desc, t.root_id desc
 limit ${most}`)
}

function those({ window, rootFunction }: KeptTrees): Sql {
  return rootFunction === undefined
    ? within(sql`t.created_at`, window)
    : sql`${within(sql`t.created_at`, window)}
   and t.root_function ${equals(sql`text`, rootFunction)}`
}
