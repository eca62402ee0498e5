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

/** Keeps what was counted of an hour or a day, in place of what was kept before. */
export async function keepFigures(
  db: Queryable,
  part: string,
  span: 'hour' | 'day',
  beginsAt: string,
  figures: readonly object[],
): Promise<void> {
  if (figures.length === 0) {
    await db.query(sql`
delete from public.observability_rollups r
 where r.part = ${part}
   and r.span = ${span}
   and r.begins_at = ${beginsAt}::timestamptz`)
    return
  }
  await db.query(sql`
insert into public.observability_rollups as r (part, span, begins_at, figures)
values (${part}, ${span}, ${beginsAt}::timestamptz, ${JSON.stringify(figures)}::json)
    on conflict (part, span, begins_at) do update
   set figures = excluded.figures`)
}
