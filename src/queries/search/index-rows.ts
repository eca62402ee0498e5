import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'
import type { Position } from '../recovery/kept.ts'
import type { IndexKind } from './index-keep.ts'
import type { Reach } from './reach.ts'

/** An invocation whose payload names what was looked for. `createdAt` is Postgres text. */
export interface FoundRow {
  place: string
  value: string
  createdAt: string
  invocationId: string
}

/** A value that is looked up; `place` null: at any place; a table without its schema: in any schema. */
export interface Sought {
  value: string
  place: string | null
}

/**
 * The newest invocations whose payloads name one of these, before a place, as far as the index reaches; `limit` at most. Each place of a value is looked up by
 * itself: `orders:1` is found at once, however often the record 1 of another table changes.
 */
export function indexedRows(
  db: Queryable,
  kind: IndexKind,
  sought: readonly Sought[],
  { from, to }: Reach,
  before: Position | null,
  limit: number,
): Promise<FoundRow[]> {
  return db.query<FoundRow>(sql`
with recursive sought as materialized (
  select w.value,
         w.place
    from unnest(${sought.map(({ value }) => value)}::text[], ${sought.map(({ place }) => place)}::text[]) w (value, place)
), places as (
  select v.value,
         (select min(s.place)
            from public.observability_search s
           where s.kind = ${kind}
             and s.value = v.value) as place
    from (select distinct w.value from sought w) v
   union all
  select p.value,
         (select min(s.place)
            from public.observability_search s
           where s.kind = ${kind}
             and s.value = p.value
             and s.place > p.place)
    from places p
   where p.place is not null
)
select p.place,
       p.value,
       s.created_at::text as "createdAt",
       s.invocation_id as "invocationId"
  from places p
 cross join lateral (
       select s.created_at,
              s.invocation_id
         from public.observability_search s
        ${where(
          sql`s.kind = ${kind}`,
          sql`s.value = p.value`,
          sql`s.place = p.place`,
          sql`s.created_at > ${from}::timestamptz`,
          sql`s.created_at < ${to}::timestamptz`,
          before !== null &&
            sql`(s.created_at, s.invocation_id) < (${before.createdAt}::timestamptz, ${before.id}::uuid)`,
        )}
        order by s.created_at desc, s.invocation_id desc
        limit ${limit}) s
 where exists (
       select
         from sought w
        where w.value = p.value
          and (w.place is null
               or w.place = p.place
               or strpos(w.place, '.') = 0 and right(p.place, length(w.place) + 1) = '.' || w.place))
 order by s.created_at desc, s.invocation_id desc
 limit ${limit}`)
}
