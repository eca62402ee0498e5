import type { Queryable } from '../db/db.ts'
import { empty, join, sql, type Sql } from '../db/sql.ts'
import type { LinkCounts } from '../domain/link/counts.ts'
import type { RootlikeCounts } from '../domain/link/lost.ts'
import type { LinkPath } from '../domain/link/paths.ts'
import type { LinkWay } from '../domain/link/way.ts'
import { numberOf } from './column-types.ts'
import { eachWay, linkLabel, linkOfInvocation, sourceJobId } from './effective-link.ts'

/** What is to be known of a link, as the query reads it. */
export interface LinkFactsRow {
  createdAt: string
  eventTime: string
  sourceJobId: string | null
  recovered: boolean
  namedJobId: string | null
  unread: boolean
  /** null: there is no such job. */
  jobStartedAt: string | null
  jobDurationMs: number | null
  ownJob: boolean
}

/** What the rule of links decides from, of the invocation of this id, as JSON of a LinkFactsRow; null where there is none. `paths`: see namedJob; null: this role may not read payloads. */
export function linkFacts(invocationId: Sql, paths: readonly LinkPath[] | null, way: LinkWay): Sql {
  return sql`(select to_json(f)
          from (select i.created_at::text as "createdAt",
                       coalesce(i.source_event_time, i.created_at)::text as "eventTime",
                       ${sourceJobId[way]} as "sourceJobId",
                       coalesce(${linkLabel[way]} = 'recovered', false) as recovered,
                       n.job_id as "namedJobId",
                       n.unread,
                       j.created_at::text as "jobStartedAt",
                       ${numberOf(sql`j.duration_ms`)} as "jobDurationMs",
                       coalesce(j.invocation_id = i.id, false) as "ownJob"
                  from (select ${invocationId} as id) asked
                  join public.invocations i
                    on i.id = asked.id${linkOfInvocation[way]}
                 cross join lateral (${paths === null ? notRead : named(paths, way)}) n
                  left join public.job_executions j
                    on j.id = coalesce(${sourceJobId[way]}, n.job_id)) f)`
}

/** The same of one invocation, in a statement of its own. */
export async function linkFactsOf(
  db: Queryable,
  id: string,
  paths: readonly LinkPath[] | null,
  way: LinkWay,
): Promise<LinkFactsRow | null> {
  const [row] = await db.query<{ facts: LinkFactsRow | null }>(sql`
select ${linkFacts(sql`${id}::uuid`, paths, way)} as facts`)
  return row?.facts ?? null
}

/** Whether the role of the service may read payloads: it may have been given the other columns alone. */
export async function mayReadPayloads(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ may: boolean }>(sql`
select has_column_privilege('public.invocations', 'source_event_payload', 'select') as may`)
  return row?.may === true
}

const notRead = sql`select null::uuid as job_id, true as unread`

/** `offset 0` keeps the planner from working it out once for each place where it is used. */
function named(paths: readonly LinkPath[], way: LinkWay): Sql {
  return sql`
       select case when ${sourceJobId[way]} is null then ${namedJob(sql`i.source_event_payload`, paths)} end as job_id,
              ${unreadable(sql`i.source_event_payload`)} as unread
       offset 0`
}

/**
 * The id of the job that a payload (jsonb or json) names: the first UUID among `__sourceJobId`, the third part of the token
 * `source|correlationId|jobId[|hop]` at the three places where writers put it, and what stands at `paths`, which is an id or such a token.
 * NULL where there is none; nothing else of the payload comes out. `#> '{}'` behind a fence unpacks it once: 9 to 14 µs a row
 * of 5 KB, as much as one path, where four paths into the stored value take 35 to 45.
 */
export function namedJob(payload: Sql, paths: readonly LinkPath[]): Sql {
  const places = [
    uuidIn(sql`p.payload ->> '__sourceJobId'`),
    jobOfToken(sql`p.payload #>> '{event,session_variables,x-hasura-tracking-token}'`),
    jobOfToken(sql`p.payload #>> '{event,data,new,updated_by}'`),
    jobOfToken(sql`p.payload #>> '{event,data,new,updatedby}'`),
    ...paths.flatMap((path) => {
      const value = sql`p.payload #>> ${[...path]}::text[]`
      return [uuidIn(value), jobOfToken(value)]
    }),
  ]
  return sql`(select coalesce(${join(places, ', ')})::uuid
                 from (select case when ${unreadable(payload)} then null else ${payload} #> '{}' end as payload offset 0) p)`
}

/**
 * A column of type json (or a domain of it), unlike jsonb, holds escapes that stand for no character, or for none of the encoding of the database;
 * looking into such a value is an error. Of an encoding other than UTF-8 all escapes beyond ASCII are taken for such.
 */
export function unreadable(payload: Sql): Sql {
  return sql`(pg_typeof(case when false then ${payload} #> '{}' end) = 'json'::regtype
                              and ${payload}::text ~ case when getdatabaseencoding() = 'UTF8' then '\\\\u(0000|[dD][89a-fA-F])' else '\\\\u(0000|(?!00[0-7]))' end)`
}

function jobOfToken(token: Sql): Sql {
  return uuidIn(sql`split_part(${token}, '|', 3)`)
}

function uuidIn(text: Sql): Sql {
  return sql`substring(${text} from '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')`
}

/** How many of the newest 1,000 invocations without a source job, among the newest 20,000 of all, name a job in their payload. */
export async function rootlikeCounts(
  db: Queryable,
  paths: readonly LinkPath[],
  way: LinkWay,
  signal: AbortSignal,
): Promise<RootlikeCounts> {
  const [row] = await db.query<RootlikeCounts>(
    sql`
select count(*)::int as looked,
       count(${namedJob(sql`i.source_event_payload`, paths)})::int as named
  from (select n.source_event_payload
          from (select ${sourceJobId[way]} as source_job_id,
                       i.source_event_payload
                  from public.invocations i${linkOfInvocation[way]}
                 order by i.created_at desc
                 limit 20000) n
         where n.source_job_id is null
         limit 1000) i`,
    signal,
  )
  return row ?? { looked: 0, named: 0 }
}

/**
 * Of the newest 1,000 invocations: of how many the writer recorded the job that triggered it, of how many it was put back, and of how many the payload alone names one.
 * `paths`: see namedJob; null: this role may not read payloads, and nothing is recoverable as far as anybody knows.
 */
export async function newestLinks(
  db: Queryable,
  paths: readonly LinkPath[] | null,
  way: LinkWay,
  signal: AbortSignal,
): Promise<LinkCounts & { asOf: string }> {
  const payload =
    paths === null
      ? empty
      : sql`,
               n.source_event_payload`
  const named = paths === null ? sql`null::uuid` : namedJob(sql`i.source_event_payload`, paths)
  const [row] = await db.query<LinkCounts & { asOf: string }>(
    sql`
select count(*) filter (where i.source_job_id is not null and not ${putBack[way]})::int as recorded,
       count(*) filter (where ${putBack[way]})::int as recovered,
       count(*) filter (where i.source_job_id is null and not ${putBack[way]} and ${named} is not null)::int as recoverable,
       0 as severed,
       0 as unknown,
       now() as "asOf"
  from (select n.id,
               n.source_job_id${payload}
          from public.invocations n
         order by n.created_at desc
         limit 1000) i${way === 'column' ? empty : keptOfCounted}`,
    signal,
  )
  if (!row) throw new Error('the database counted no links')
  return row
}

const keptOfCounted = sql`
  left join public.observability_links k
    on k.invocation_id = i.id`

const putBack = eachWay((way) => {
  if (way === 'column') return sql`false`
  const mended = sql`k.state = 'mended' and k.job_id = i.source_job_id`
  return way === 'labels'
    ? sql`coalesce(${mended}, false)`
    : sql`coalesce(${mended} or k.state = 'recovered' and i.source_job_id is null, false)`
})
