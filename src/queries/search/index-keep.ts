import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

/** record: the value is the id of one, its place a table; personal: the value is a keyed hash, its place a path in the payload. */
export type IndexKind = 'record' | 'personal'

/** A row of the index. `createdAt`, that of its invocation, is Postgres text. */
export interface IndexRow {
  kind: IndexKind
  value: string
  place: string
  createdAt: string
  invocationId: string
}

/** Keeps these rows as all that the index holds of these invocations. What it holds already is not written again. */
export async function keepIndexRows(
  db: Queryable,
  invocationIds: readonly string[],
  rows: readonly IndexRow[],
): Promise<void> {
  if (invocationIds.length === 0) return
  await db.query(sql`
with named as materialized (
  select distinct
         n.kind,
         n.value,
         n.place,
         n.created_at,
         n.invocation_id
    from unnest(
           ${rows.map(({ kind }) => kind)}::text[],
           ${rows.map(({ value }) => value)}::text[],
           ${rows.map(({ place }) => place)}::text[],
           ${rows.map(({ createdAt }) => createdAt)}::timestamptz[],
           ${rows.map(({ invocationId }) => invocationId)}::uuid[]) n (kind, value, place, created_at, invocation_id)
), outdated as (
  delete from public.observability_search s
   where s.invocation_id = any(${[...invocationIds]}::uuid[])
     and not exists (
           select
             from named n
            where n.kind = s.kind
              and n.value = s.value
              and n.place = s.place
              and n.created_at = s.created_at
              and n.invocation_id = s.invocation_id)
)
insert into public.observability_search (kind, value, place, created_at, invocation_id)
select n.kind,
       n.value,
       n.place,
       n.created_at,
       n.invocation_id
  from named n
 order by n.kind, n.value, n.place, n.created_at, n.invocation_id
    on conflict (kind, value, place, created_at, invocation_id) do nothing`)
}
