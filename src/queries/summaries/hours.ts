import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { HourState } from '../../domain/rollup/due.ts'
import type { CheckedHour } from '../../domain/summaries/cover.ts'
import type { KnownHours } from '../rollups/hours.ts'
import type { CountedBy } from '../rollups/store.ts'

/** Each hour whose trees were summed up. `keptHours`: older hours are not told of. */
export async function knownTreeHours(db: Queryable, by: CountedBy, keptHours: number): Promise<KnownHours> {
  const since = sql`date_trunc('hour', now(), 'UTC') - ${keptHours}::float8 * interval '1 hour'`
  const [clock] = await db.query<Omit<KnownHours, 'states'>>(sql`
select now() as now,
       (select min(i.created_at) from public.invocations i where i.created_at >= ${since}) as oldest,
       (select min(h.hour) from public.observability_tree_hours h) as "firstCounted"`)
  if (!clock) throw new Error('the database gave no row')
  const states = await db.query<HourState>(sql`
select h.hour,
       h.checked_at as "countedAt",
       h.took_ms as "tookMs",
       h.version = ${by.version} and h.overlay = ${by.overlay} as current,
       false as ended
  from public.observability_tree_hours h
 where h.hour >= ${since}
 order by h.hour`)
  return { ...clock, states }
}

/** Notes that the trees of an hour were looked at, at the beginning of this transaction. Belongs into the transaction that keeps them. */
export async function noteTreeHour(
  db: Queryable,
  hour: string,
  { version, overlay }: CountedBy,
  tookMs: number,
): Promise<void> {
  await db.query(sql`
insert into public.observability_tree_hours as h (hour, version, overlay, took_ms, checked_at)
values (${hour}::timestamptz, ${version}, ${overlay}, ${tookMs}, now())
    on conflict (hour) do update
   set version = excluded.version,
       overlay = excluded.overlay,
       took_ms = excluded.took_ms,
       checked_at = excluded.checked_at`)
}

/** Forgets that anything was summed up, so that all of it is again. */
export async function forgetTreeHours(db: Queryable): Promise<void> {
  await db.query(sql`
delete from public.observability_tree_hours`)
  await db.query(sql`
delete from public.observability_shapes`)
}

/** Forgets what was summed up of the hours before this one (the instant of its beginning): their rows are gone, or too old. */
export async function forgetTreesBefore(db: Queryable, hour: string): Promise<void> {
  await db.query(sql`
delete from public.observability_tree_hours h
 where h.hour < ${hour}::timestamptz`)
  await db.query(sql`
delete from public.observability_trees t
 where t.created_at < ${hour}::timestamptz`)
}

/** The hours of a window (null: unbounded) whose trees were summed up so, newest first, and the oldest invocation of the writer (null: there is none). Instants are Postgres text. */
export async function checkedHours(
  db: Queryable,
  { from, to }: { from: string | null; to: string | null },
  by: CountedBy,
): Promise<{ hours: CheckedHour[]; oldest: string | null }> {
  const [first] = await db.query<{ oldest: string | null }>(sql`
select (select min(i.created_at) from public.invocations i) as oldest`)
  const hours = await db.query<CheckedHour>(sql`
select h.hour,
       h.checked_at as "checkedAt"
  from public.observability_tree_hours h
 where h.version = ${by.version}
   and h.overlay = ${by.overlay}
   and h.hour > ${timestamptz(from ?? '-infinity')} - interval '1 hour'
   and h.hour < ${timestamptz(to ?? 'infinity')}
 order by h.hour desc`)
  return { hours, oldest: first?.oldest ?? null }
}
