import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkCounts } from '../../domain/link/counts.ts'
import type { Position, Window } from './kept.ts'

/** The row of the worker in observability_scans. */
const WORKER = 'worker'

/** What the worker has come to: the pass over 24 hours that is under way, and the counts, if they were taken again. */
export interface Tick {
  ruleVersion: number
  ruleSettings: string
  window: Window
  position: Position | null
  counts: LinkCounts | undefined
}

/** The last counts, and how old they are by the database's clock, ms. null: the worker has not been through 24 hours yet. */
export interface LastTick {
  counts: LinkCounts | null
  countsAgeMs: number | null
  tickAgeMs: number
}

/** Of the invocations of the last 24 hours. 45,000 links of a busy day take 0.2 s, so it is asked once a minute. */
export async function countLinks(db: Queryable, signal: AbortSignal): Promise<LinkCounts> {
  const [row] = await db.query<LinkCounts>(
    sql`
with kept as (
  select l.state,
         i.source_job_id is null as unlinked,
         i.source_job_id = l.job_id as holds
    from public.observability_links l
    join public.invocations i
      on i.id = l.invocation_id
   where l.created_at >= now() - interval '24 hours'
), linked as (
  select count(*)::int as count
    from public.invocations i
   where i.source_job_id is not null
     and i.created_at >= now() - interval '24 hours'
)
select (select count from linked) - count(*) filter (where k.state = 'mended' and k.holds)::int as recorded,
       count(*) filter (where k.state = 'mended' and k.holds or k.state = 'recovered' and k.unlinked)::int as recovered,
       count(*) filter (where k.state in ('undone', 'mended') and k.unlinked)::int as recoverable,
       count(*) filter (where k.state = 'severed' and k.unlinked)::int as severed,
       count(*) filter (where k.state in ('pending', 'ambiguous') and k.unlinked)::int as unknown
  from kept k`,
    signal,
  )
  return row ?? { recorded: 0, recovered: 0, recoverable: 0, severed: 0, unknown: 0 }
}

/** Notes that the worker is at work, and how far it has come. Counts that were not taken again stay, with their time (finished_at). */
export async function noteTick(
  db: Queryable,
  { ruleVersion, ruleSettings, window, position, counts }: Tick,
): Promise<void> {
  await db.query(sql`
insert into public.observability_scans as s
       (name, rule_version, rule_settings, window_from, window_to, position_created_at, position_id, counts, ticked_at, finished_at)
values (${WORKER}, ${ruleVersion}, ${ruleSettings}, ${window.from}::timestamptz, ${window.to}::timestamptz,
       ${position?.createdAt ?? null}::timestamptz, ${position?.id ?? null}::uuid, ${JSON.stringify(counts ?? {})}::jsonb, clock_timestamp(),
       case when ${counts !== undefined} then clock_timestamp() end)
    on conflict (name) do update
   set rule_version = excluded.rule_version,
       rule_settings = excluded.rule_settings,
       window_from = excluded.window_from,
       window_to = excluded.window_to,
       position_created_at = excluded.position_created_at,
       position_id = excluded.position_id,
       counts = case when excluded.finished_at is null then s.counts else excluded.counts end,
       ticked_at = excluded.ticked_at,
       finished_at = coalesce(excluded.finished_at, s.finished_at)`)
}

/** What the worker of any process noted last; undefined: none has ever been at work. */
export async function lastTick(db: Queryable): Promise<LastTick | undefined> {
  const [row] = await db.query<LastTick>(sql`
select case when s.finished_at is not null then s.counts end as counts,
       extract(epoch from clock_timestamp() - s.finished_at)::float8 * 1000 as "countsAgeMs",
       extract(epoch from clock_timestamp() - s.ticked_at)::float8 * 1000 as "tickAgeMs"
  from public.observability_scans s
 where s.name = ${WORKER}`)
  return row
}

/** Whether the table is there, and this role may read it. */
export async function mayReadTicks(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ may: boolean }>(sql`
select coalesce(has_table_privilege(to_regclass('public.observability_scans'), 'select'), false) as may`)
  return row?.may === true
}
