import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { HourState } from '../../domain/rollup/due.ts'
import { within } from '../analysis/within.ts'
import { crashedEvent } from '../outcome.ts'
import type { CountedBy } from './store.ts'

/** What the worker knows of all hours; instants are Postgres text. */
export interface KnownHours {
  now: string
  /** Of the oldest row that may be counted; null: there is none. */
  oldest: string | null
  /** The first hour that was counted; null: none is. */
  firstCounted: string | null
  states: HourState[]
}

/** Each hour that was counted, and whether something that ran in it runs no more. Only of the last day is that looked up: what runs longer is dead. `keptHours`: older hours are not told of. */
export async function knownHours(db: Queryable, by: CountedBy, keptHours: number): Promise<KnownHours> {
  const since = sql`date_trunc('hour', now(), 'UTC') - ${keptHours}::float8 * interval '1 hour'`
  const [clock] = await db.query<Omit<KnownHours, 'states'>>(sql`
select now() as now,
       least(${oldestOf(sql`public.invocations`, since)}, ${oldestOf(sql`public.job_executions`, since)}) as oldest,
       (select min(h.hour) from public.observability_hours h) as "firstCounted"`)
  const states = await db.query<HourState>(sql`
select h.hour,
       h.counted_at as "countedAt",
       h.took_ms as "tookMs",
       h.version = ${by.version} and h.overlay = ${by.overlay} as current,
       h.hour >= now() - interval '25 hours' and cardinality(h.running) > 0 and ${someEnded} as ended
  from public.observability_hours h
 where h.hour >= ${since}
 order by h.hour`)
  if (!clock) throw new Error('the database gave no row')
  return { ...clock, states }
}

function oldestOf(table: Sql, since: Sql): Sql {
  return sql`(select min(r.created_at) from ${table} r where r.created_at >= ${since})`
}

const someEnded = sql`exists (
         select
           from unnest(h.running) r (id)
          where not exists (
                select
                  from public.invocations i
                 where i.id = r.id
                   and i.status::text = 'running')
            and not exists (
                select
                  from public.job_executions j
                 where j.id = r.id
                   and j.status::text = 'running'))`

/** Of an hour so many running rows are remembered: those of a day are looked up at each tick. */
const MOST_RUNNING = 1000

/** Notes that an hour was counted. Belongs into the transaction that keeps its figures. */
export async function noteHour(
  db: Queryable,
  hour: string,
  { version, overlay }: CountedBy,
  { cut, tookMs }: { cut: boolean; tookMs: number },
): Promise<void> {
  const end = sql`${hour}::timestamptz + interval '1 hour'`
  await db.query(sql`
insert into public.observability_hours as h (hour, version, overlay, cut, running, took_ms)
select ${hour}::timestamptz,
       ${version}::integer,
       ${overlay}::boolean,
       ${cut}::boolean,
       array(select i.id
               from public.invocations i
              where i.created_at >= ${hour}::timestamptz
                and i.created_at < ${end}
                and i.status::text = 'running'
              union all
             select j.id
               from public.job_executions j
              where j.created_at >= ${hour}::timestamptz
                and j.created_at < ${end}
                and j.status::text = 'running'
              limit ${MOST_RUNNING}),
       ${tookMs}::integer
    on conflict (hour) do update
   set version = excluded.version,
       overlay = excluded.overlay,
       cut = excluded.cut,
       running = excluded.running,
       took_ms = excluded.took_ms,
       counted_at = clock_timestamp()`)
}

/** Notes that an hour could not be counted: it is read from its rows. */
export async function leaveHour(
  db: Queryable,
  hour: string,
  { version, overlay }: CountedBy,
  tookMs: number,
): Promise<void> {
  await db.query(sql`
insert into public.observability_hours as h (hour, version, overlay, cut, took_ms)
values (${hour}::timestamptz, ${version}::integer, ${overlay}::boolean, true, ${tookMs}::integer)
    on conflict (hour) do update
   set version = excluded.version,
       overlay = excluded.overlay,
       cut = true,
       running = excluded.running,
       took_ms = excluded.took_ms,
       counted_at = clock_timestamp()`)
}

/** Forgets all that was counted, so that all of it is counted again. */
export async function forgetHours(db: Queryable): Promise<void> {
  await db.query(sql`
delete from public.observability_hours`)
  await db.query(sql`
delete from public.observability_rollups`)
}

/** Forgets what was counted before an hour (the instant of its beginning): a day of which some hours are gone tells nothing either. */
export async function forgetBefore(db: Queryable, hour: string): Promise<void> {
  await db.query(sql`
delete from public.observability_hours h
 where h.hour < ${hour}::timestamptz`)
  await db.query(sql`
delete from public.observability_rollups r
 where r.begins_at < ${hour}::timestamptz`)
}

/** Marks the hours in which these invocations began, and the ones after them, in which most of their jobs did, as not counted. */
export async function uncountHoursOf(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query(sql`
update public.observability_hours h
   set version = 0
 where h.hour = any(array(select distinct date_trunc('hour', i.created_at, 'UTC') + later.hours * interval '1 hour'
                            from public.invocations i
                           cross join (values (0), (1)) later (hours)
                           where i.id = any(${[...ids]}::uuid[])))`)
}

/** Is there anything to count in a window? */
export async function anyRow(db: Queryable, window: Window): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>(sql`
select exists (select from public.invocations r where ${within(sql`r.created_at`, window)})
       or exists (select from public.job_executions r where ${within(sql`r.created_at`, window)})
       or exists (select from public.event_executions e where e.detected and ${within(sql`e.created_at`, window)})
       or exists (select from public.event_executions e where ${crashedEvent} and ${within(sql`e.created_at`, window)}) as found`)
  return row?.found === true
}
