import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import { recordIds } from './record-ids.ts'

/** An invocation whose event changed a record. `createdAt` is Postgres text. */
export interface RecordRow {
  table: string
  recordId: string
  createdAt: string
  invocationId: string
}

/** A place in the order (created_at, id), as Postgres text. */
export interface Place {
  createdAt: string
  id: string
}

/** What a look into payloads found, at how many it looked, and how far it came: null: to the oldest. */
export interface PayloadLook {
  rows: RecordRow[]
  looked: number
  end: Place | null
}

/** Looks for records of these ids in the payloads of the next `limit` invocations before a place, the newest first. Nothing but tables and ids leaves the database. */
export async function lookIntoPayloads(
  db: Queryable,
  ids: readonly string[],
  paths: readonly RecordPath[],
  before: Place | null,
  limit: number,
): Promise<PayloadLook> {
  const [look] = await db.query<PayloadLook>(sql`
with looked as materialized (
  select i.id,
         i.created_at,
         i.source_table,
         i.source_event_payload
    from public.invocations i
   ${where(before !== null && sql`(i.created_at, i.id) < (${before.createdAt}::timestamptz, ${before.id}::uuid)`)}
   order by i.created_at desc, i.id desc
   limit ${limit}
)
select (select count(*)::int from looked) as looked,
       (select json_build_object('createdAt', w.created_at::text, 'id', w.id)
          from looked w
         where (select count(*) from looked) = ${limit}
         order by w.created_at, w.id
         limit 1) as end,
       (select coalesce(json_agg(f), '[]')
          from (select r.table_name as table,
                       r.id as "recordId",
                       i.created_at::text as "createdAt",
                       i.id as "invocationId"
                  from looked i
                 cross join lateral (${recordIds(paths)}) r
                 where r.id = any(${[...ids]}::text[])
                 order by i.created_at desc, i.id desc) f) as rows`)
  return look ?? { rows: [], looked: 0, end: null }
}
