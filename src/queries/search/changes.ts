import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import { unpacked } from './payload-scalar.ts'

/** What an event changed: its payload as JSON text, with nothing but the columns whose values differ between `event.data.old` and `event.data.new`; null: that is too large. */
export interface ChangesRow {
  invocationId: string
  payload: string | null
}

/** The largest payload of changes, in bytes of text: those of a page of 1,000 invocations stay below 64 MiB. */
const LARGEST = 64 * 1024

/** What the events of these invocations changed. */
export function changesOf(db: Queryable, invocationIds: readonly string[]): Promise<ChangesRow[]> {
  return db.query<ChangesRow>(sql`
select i.id as "invocationId",
       case when octet_length(c.payload) <= ${LARGEST} then c.payload end as payload
  from public.invocations i
 cross join lateral (
       select json_build_object('event', json_build_object('data', json_build_object('old', d.old, 'new', d.new)))::text as payload
         from ${unpacked}
        cross join lateral (
              select jsonb_object_agg(o.key, o.value) filter (where o.key is not null) as old,
                     jsonb_object_agg(n.key, n.value) filter (where n.key is not null) as new
                from jsonb_each(${row('old')}) o
                full join jsonb_each(${row('new')}) n
                  on n.key = o.key
               where o.value is distinct from n.value) d
       offset 0) c
 where i.id = any(${[...invocationIds]}::uuid[])`)
}

/** The row before or after the event; an empty one if there is none. */
function row(which: 'old' | 'new'): Sql {
  const at = sql`p.payload #> ${['event', 'data', which]}::text[]`
  return sql`case when left((${at})::text, 1) = '{' then (${at})::jsonb else '{}' end`
}
