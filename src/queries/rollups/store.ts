import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { CountedHour } from '../../domain/rollup/cover.ts'

/** How hours were counted: by which version of the counting, and whether links of observability_links were counted too. */
export interface CountedBy {
  version: number
  overlay: boolean
}

/** The hours of a window that were counted so, and wholly; instants are Postgres text. */
export function countedHours(db: Queryable, { from, to }: Window, by: CountedBy): Promise<CountedHour[]> {
  return db.query<CountedHour>(sql`
select h.hour,
       h.counted_at as "countedAt"
  from public.observability_hours h
 where h.version = ${by.version}
   and h.overlay = ${by.overlay}
   and not h.cut
   and h.hour >= ${timestamptz(from)}
   and h.hour < ${timestamptz(to)}
 order by h.hour`)
}

/** Figures of one hour or day. `beginsAt` is Postgres text. */
export interface KeptFigures<F> {
  beginsAt: string
  figures: F[]
}

/** What was counted of these days and hours (instants of their beginnings); of those in which there was nothing there is no row. */
export function keptFigures<F>(
  db: Queryable,
  part: string,
  { days, hours }: { days: readonly string[]; hours: readonly string[] },
): Promise<Array<KeptFigures<F>>> {
  return db.query<KeptFigures<F>>(sql`
select r.begins_at as "beginsAt",
       r.figures
  from public.observability_rollups r
 where r.part = ${part}
   and r.span = 'hour'
   and r.begins_at = any(${[...hours]}::timestamptz[])
 union all
select r.begins_at,
       r.figures
  from public.observability_rollups r
 where r.part = ${part}
   and r.span = 'day'
   and r.begins_at = any(${[...days]}::timestamptz[])`)
}

/** What was counted of one kind, by its name in observability_rollups. */
export interface Counted {
  part: string
  figures: readonly object[]
}

/** What was counted of some hours of each kind; instants of their beginnings. */
export function keptOfHours(
  db: Queryable,
  hours: readonly string[],
): Promise<Array<{ part: string; figures: object[] }>> {
  return db.query<{ part: string; figures: object[] }>(sql`
select r.part,
       r.figures
  from public.observability_rollups r
 where r.span = 'hour'
   and r.begins_at = any(${[...hours]}::timestamptz[])
 order by r.begins_at`)
}

/** Keeps what was counted of an hour or a day, in place of what was kept before: of what has no figures nothing is kept. Resolves to whether that changed anything. */
export async function keepFigures(
  db: Queryable,
  span: 'hour' | 'day',
  beginsAt: string,
  counted: readonly Counted[],
): Promise<boolean> {
  const kept = counted.filter(({ figures }) => figures.length > 0)
  const parts = kept.map(({ part }) => part)
  const [changed] = await db.query<{ rows: number }>(sql`
with gone as (
  delete from public.observability_rollups r
   where r.part = any(${counted.map(({ part }) => part).filter((part) => !parts.includes(part))}::text[])
     and r.span = ${span}
     and r.begins_at = ${beginsAt}::timestamptz
  returning r.part
), written as (
  insert into public.observability_rollups as r (part, span, begins_at, figures)
  select c.part,
         ${span},
         ${beginsAt}::timestamptz,
         c.figures::json
    from unnest(${parts}::text[], ${kept.map(({ figures }) => JSON.stringify(figures))}::text[]) c (part, figures)
      on conflict (part, span, begins_at) do update
     set figures = excluded.figures
   where r.figures::text <> excluded.figures::text
  returning r.part
)
select (select count(*) from gone)::int + (select count(*) from written)::int as rows`)
  return changed !== undefined && changed.rows > 0
}
