import type { Queryable } from '../../db/db.ts'
import { composed, sql, type Sql } from '../../db/sql.ts'
import type { Life } from '../../domain/liveness.ts'
import { crashedEvent } from '../outcome.ts'
import { linkOfInvocation } from '../effective-link.ts'
import { invocationColumns } from '../invocations.ts'
import { jsonRows, rowsOf, type JsonRows } from '../json-rows.ts'
import { versionOf } from '../version.ts'
import type { ClimbedRow } from './ancestors.ts'
import { nodeState } from './packed-nodes.ts'
import { shownJobs } from './parts.ts'
import { CLIMBED, climbedNames, hasFacts, nodeIds, treeIds, values, type AskedInOne, type Places } from './tree-ids.ts'

/** What tells the state of a whole tree, without the rows that it is made of. */
export interface DigestedTree {
  /** What the clock of the database said, as Postgres text. */
  asOf: string
  climbed: ClimbedRow[]
  /** As `treeState` has it (src/domain/tree/state.ts). */
  digest: string
  /** The invocations that say that they run, by id. */
  underWay: Array<Life & { id: string }>
}

const lifeNames = ['id', 'status', 'durationMs', 'signOfLife'] as const satisfies Array<
  keyof DigestedTree['underWay'][number]
>

const shapes = new Map<string, (given: Record<(typeof values)[number], unknown>) => Sql>()

/**
 * The state of a tree that is not cut, in one statement. Undefined if there is no such tree, if a limit was reached, or if it begins on a cycle: then nothing is said of it.
 * For 10,000 invocations with 20,000 jobs the backend takes 164 ms of CPU instead of the 269 for the rows, and this process 8 ms instead of 448.
 */
export async function treeDigest(db: Queryable, asked: AskedInOne): Promise<DigestedTree | undefined> {
  const { id, reach, ...rest } = asked
  const shape = JSON.stringify([rest, reach.maxJobs])
  let statement = shapes.get(shape)
  if (!statement) shapes.set(shape, (statement = composed(values, (places) => compose(places, asked))))
  const { maxDepth, maxNodes, maxJobs } = reach
  // One level further than the tree may go, which tells that nothing stands below it.
  const [row] = await db.query<Row>(statement({ id, maxDepth, most: maxNodes + 1, whole: maxNodes }))
  if (!row?.climbed || row.digest === null || (row.depth ?? maxDepth) >= maxDepth || (row.jobs ?? 0) >= maxJobs)
    return undefined
  const climbed = rowsOf<ClimbedRow>(climbedNames, row.climbed)
  if (climbed.length > CLIMBED || !climbed.some(hasFacts)) return undefined
  return { asOf: row.asOf, climbed, digest: row.digest, underWay: rowsOf(lifeNames, row.underWay) }
}

interface Row {
  asOf: string
  climbed: JsonRows
  /** The deepest level; null: the tree is larger than it may be. */
  depth: number | null
  /** The most jobs of one invocation. */
  jobs: number | null
  digest: string | null
  underWay: JsonRows
}

const jobState = versionOf(sql`j`)

/** Lines by id, which is their order in this process too. `l` is looked up for each row; the planner would otherwise read all of its table. */
function compose(places: Places, asked: AskedInOne): Sql {
  const { linkWay: way } = asked
  return sql`
with recursive ${treeIds(places, asked, (ids) => shownJobs(ids, asked.reach))},
invocation as (
  select i.id,
         concat(i.id, ' ', ${nodeState[way]}) as line,
         i.status::text as status,
         ${invocationColumns[way].durationMs} as "durationMs",
         (${invocationColumns[way].signOfLife})::text as "signOfLife"
    from public.invocations i${linkOfInvocation[way]}
   where i.id = any(${nodeIds})
), job as (
  select j.invocation_id,
         count(*)::int as count,
         string_agg(concat(j.id, ' ', ${jobState}), ',' order by j.created_at, j.id) as line
    from public.job_executions j
   where j.invocation_id = any(${nodeIds})
   group by j.invocation_id
), crash as (
  select distinct on (e.invocation_id)
         e.invocation_id,
         concat(e.invocation_id, ' ', ${versionOf(sql`e`)}) as line
    from public.event_executions e
   where e.invocation_id = any(${nodeIds})
     and ${crashedEvent}
   order by e.invocation_id, e.created_at, e.id
)
select now() as "asOf",
       (select ${jsonRows(sql`c`, climbedNames)} from climbed c) as climbed,
       (select max(n.depth) from node n) as depth,
       (select max(j.count) from job j) as jobs,
       (select encode(sha256(convert_to(concat(
              string_agg(i.line, ',' order by i.id), ';',
              (select string_agg(j.line, ',' order by j.invocation_id) from job j), ';',
              (select string_agg(c.line, ',' order by c.invocation_id) from crash c)), 'UTF8')), 'hex')
          from invocation i
        having count(*) > 0) as digest,
       (select ${jsonRows(sql`i`, lifeNames, sql`i.id`)} from invocation i where i.status in ('running', 'detecting', 'handling')) as "underWay"`
}
