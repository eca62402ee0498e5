import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { Tally } from '../../domain/link/tally.ts'
import type { Rule } from './examine.ts'
import type { Position, Window } from './kept.ts'

/** A search that has begun, as observability_scans keeps it. Instants are Postgres text. */
export interface Scan {
  name: string
  window: Window
  position: Position | null
  tally: Tally
  startedAt: string
}

/** The search of this name that was not finished, by the same rule and settings; undefined: there is none. */
export async function unfinishedScan(
  db: Queryable,
  name: string,
  { version, settings }: Rule,
): Promise<Scan | undefined> {
  const [scan] = await db.query<Scan>(sql`
select s.name,
       json_build_object('from', s.window_from::text, 'to', s.window_to::text) as window,
       case when s.position_id is not null
            then json_build_object('createdAt', s.position_created_at::text, 'id', s.position_id) end as position,
       s.counts as tally,
       s.started_at::text as "startedAt"
  from public.observability_scans s
 where s.name = ${name}
   and s.finished_at is null
   and s.rule_version = ${version}
   and s.rule_settings = ${settings}`)
  return scan
}

/** Notes a search that begins, in place of an earlier one of its name. */
export async function beginScan(
  db: Queryable,
  name: string,
  { version, settings }: Rule,
  window: Window,
  tally: Tally,
): Promise<void> {
  await db.query(sql`
insert into public.observability_scans as s (name, rule_version, rule_settings, window_from, window_to, counts)
values (${name}, ${version}, ${settings}, ${window.from}::timestamptz, ${window.to}::timestamptz, ${JSON.stringify(tally)}::jsonb)
    on conflict (name) do update
   set rule_version = excluded.rule_version,
       rule_settings = excluded.rule_settings,
       window_from = excluded.window_from,
       window_to = excluded.window_to,
       position_created_at = null,
       position_id = null,
       counts = excluded.counts,
       started_at = clock_timestamp(),
       ticked_at = clock_timestamp(),
       finished_at = null`)
}

/** Notes how far a search has come; `position` null: to the end, so it is finished. Belongs into the transaction of the batch. */
export async function noteScan(db: Queryable, name: string, position: Position | null, tally: Tally): Promise<void> {
  await db.query(sql`
update public.observability_scans s
   set position_created_at = coalesce(${position?.createdAt ?? null}::timestamptz, s.position_created_at),
       position_id = coalesce(${position?.id ?? null}::uuid, s.position_id),
       counts = ${JSON.stringify(tally)}::jsonb,
       ticked_at = clock_timestamp(),
       finished_at = case when ${position === null} then clock_timestamp() end
 where s.name = ${name}`)
}

/**
 * What the searches looked through that were made by another rule or with other settings, unless the search `rescan` has looked through it again since;
 * undefined: nothing. The worker has looked through all that came since a day before it began.
 */
export async function outdatedWindow(
  db: Queryable,
  rescan: string,
  { version, settings }: Rule,
): Promise<Window | undefined> {
  const [outdated] = await db.query<{ from: string | null; searches: number }>(sql`
with outdated as (
  select case when s.name = 'worker' then s.started_at - interval '24 hours' else s.window_from end as begun
    from public.observability_scans s
   where (s.rule_version, s.rule_settings) <> (${version}::integer, ${settings})
     and not exists (
           select
             from public.observability_scans r
            where r.name = ${rescan}
              and (r.rule_version, r.rule_settings) = (${version}::integer, ${settings})
              and r.finished_at >= s.ticked_at)
)
select case when not bool_or(o.begun is null) then min(o.begun)::text end as "from",
       count(*)::int as searches
  from outdated o`)
  return outdated === undefined || outdated.searches === 0 ? undefined : { from: outdated.from, to: null }
}

/** The instant so many ms ago by the database's clock, as Postgres text. */
export async function momentAgo(db: Queryable, ms: number): Promise<string> {
  const [row] = await db.query<{ moment: string }>(sql`
select (clock_timestamp() - ${ms}::float8 * interval '1 ms')::text as moment`)
  if (!row) throw new Error('the database gave no row')
  return row.moment
}

/** About how many invocations a window holds after a position, by the planner's statistics: exact counting would read them all. */
export async function estimatedRows(db: Queryable, window: Window, after: Position | null): Promise<number> {
  const from = after?.createdAt ?? window.from
  const [row] = await db.query<{ 'QUERY PLAN': Array<{ Plan: { 'Plan Rows': number } }> }>(sql`
explain (format json)
select i.id
  from public.invocations i
 ${where(
   from !== null && sql`i.created_at >= ${timestamptz(from)}`,
   window.to !== null && sql`i.created_at < ${timestamptz(window.to)}`,
 )}`)
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0
}
