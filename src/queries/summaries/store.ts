import type { Queryable } from '../../db/db.ts'
import { empty, sql } from '../../db/sql.ts'
import { postgresText, timestamptz } from '../../db/timestamp.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { SummedTree } from '../../domain/summaries/summed-tree.ts'
import { within } from '../analysis/within.ts'
import { isRoot, linkOfInvocation } from '../effective-link.ts'
import type { StartRow } from '../tree/forest.ts'

/** Keeps these trees, in place of what was kept of the same roots. What has not changed is not written: most trees that are looked at again have not. */
export async function keepTrees(db: Queryable, trees: readonly SummedTree[]): Promise<void> {
  if (trees.length === 0) return
  await keepShapes(db, trees)
  await db.query(sql`
insert into public.observability_trees as t
       (root_id, created_at, root_function, status, complete, invocations, jobs, failed_invocations, failed_jobs, crashes,
        running_invocations, running_jobs, stale, started_at, ended_at, duration_ms, functions, shape, path)
select k."rootId",
       k."createdAt",
       k."rootFunction",
       k.status,
       k.complete,
       k.invocations,
       k.jobs,
       k."failedInvocations",
       k."failedJobs",
       k.crashes,
       k."runningInvocations",
       k."runningJobs",
       k.stale,
       k."startedAt",
       k."endedAt",
       k."durationMs",
       k.functions,
       k.shape,
       k.path
  from json_to_recordset(${JSON.stringify(trees.map(inPostgresText))}::json) k
       ("rootId" uuid, "createdAt" timestamptz, "rootFunction" text, status text, complete boolean, invocations integer, jobs integer,
        "failedInvocations" integer, "failedJobs" integer, crashes integer, "runningInvocations" integer, "runningJobs" integer, stale integer,
        "startedAt" timestamptz, "endedAt" timestamptz, "durationMs" float8, functions text[], shape text, path json)
    on conflict (root_id) do update
   set created_at = excluded.created_at,
       root_function = excluded.root_function,
       status = excluded.status,
       complete = excluded.complete,
       invocations = excluded.invocations,
       jobs = excluded.jobs,
       failed_invocations = excluded.failed_invocations,
       failed_jobs = excluded.failed_jobs,
       crashes = excluded.crashes,
       running_invocations = excluded.running_invocations,
       running_jobs = excluded.running_jobs,
       stale = excluded.stale,
       started_at = excluded.started_at,
       ended_at = excluded.ended_at,
       duration_ms = excluded.duration_ms,
       functions = excluded.functions,
       shape = excluded.shape,
       path = excluded.path
 where (t.*)::text is distinct from (excluded.*)::text`)
}

/** Of one hash there is one line, so what is there stays. In the order of their hashes, or two writers could wait for each other. */
async function keepShapes(db: Queryable, trees: readonly SummedTree[]): Promise<void> {
  const lines = new Map(trees.flatMap(({ shape }) => (shape ? [[shape.hash, inAscii(shape.line)]] : [])))
  await db.query(sql`
insert into public.observability_shapes (hash, line)
select k.hash,
       k.line
  from unnest(${[...lines.keys()]}::text[], ${[...lines.values()]}::json[]) k (hash, line)
 order by k.hash
    on conflict (hash) do nothing`)
}

/** A text as JSON in ASCII: a line has arrows, which a database of LATIN1 could not hold. */
function inAscii(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function inPostgresText(tree: SummedTree): object {
  const { createdAt, startedAt, endedAt, shape } = tree
  return {
    ...tree,
    shape: shape && shape.hash,
    createdAt: postgresText(createdAt),
    startedAt: postgresText(startedAt),
    endedAt: endedAt === null ? null : postgresText(endedAt),
  }
}

/** Removes what is kept of trees of a window whose root is gone, or is a root no more, or began elsewhere. */
export async function removeGoneTrees(db: Queryable, window: Window, way: LinkWay): Promise<void> {
  await db.query(sql`
delete from public.observability_trees t
 where ${within(sql`t.created_at`, window)}
   and not exists (
       select
         from public.invocations i${linkOfInvocation[way]}
        where i.id = t.root_id
          and i.created_at = t.created_at
          and ${isRoot[way]})`)
}

/** Removes what is kept of trees that began before the oldest hour that is kept. */
export async function removeOldTrees(db: Queryable, keptHours: number): Promise<void> {
  await db.query(sql`
delete from public.observability_trees t
 where t.created_at < now() - (${keptHours}::float8 + 1) * interval '1 hour'`)
}

/** Roots of trees that were not over when they were looked at, and began within the last day: newest first, after one of them. */
export function openTrees(
  db: Queryable,
  { after, limit }: { after: StartRow | null; limit: number },
  way: LinkWay,
): Promise<StartRow[]> {
  return db.query<StartRow>(sql`
select t.root_id as id,
       t.created_at as at
  from public.observability_trees t
 where t.ended_at is null
   and t.created_at >= now() - interval '1 day'
   and exists (
       select
         from public.invocations i${linkOfInvocation[way]}
        where i.id = t.root_id
          and ${isRoot[way]})${
            after === null
              ? empty
              : sql`
   and (t.created_at, t.root_id) < (${timestamptz(after.at)}, ${after.id}::uuid)`
          }
 order by t.created_at desc, t.root_id desc
 limit ${limit}`)
}
