import type { Queryable } from '../../db/db.ts'
import { sql, where, type Sql } from '../../db/sql.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import type { Position } from '../recovery/kept.ts'
import { personalValues } from './personal-values.ts'
import { recordIds } from './record-ids.ts'

/** What the payload of an invocation names. `createdAt` is Postgres text. */
export interface NamedByPayload {
  invocationId: string
  createdAt: string
  /** Each a table and an id. */
  records: Array<[table: string, id: string]>
  /** Each a path and the value at it. */
  personal: Array<[path: string, value: string]>
}

/** Which invocations are looked at next: in one direction, after a position; `from` and `to` (Postgres text) are in it, null: no bound. */
export interface Stretch {
  order: 'oldest first' | 'newest first'
  from: string | null
  to: string | null
  after: Position | null
}

/** `end`: how far it came; null: to the end of the stretch. */
export interface IndexLook {
  rows: NamedByPayload[]
  end: Position | null
}

/** Reads what the payloads of the next `limit` invocations name. Nothing else of a payload leaves the database. */
export async function lookForNames(
  db: Queryable,
  paths: { records: readonly RecordPath[]; personal: readonly RecordPath[] },
  { order, from, to, after }: Stretch,
  limit: number,
): Promise<IndexLook> {
  const forward = order === 'oldest first'
  const position = after !== null && sql`(${after.createdAt}::timestamptz, ${after.id}::uuid)`
  const rows = await db.query<NamedByPayload>(sql`
with looked as materialized (
  select i.id,
         i.created_at,
         i.source_table,
         i.source_event_payload
    from public.invocations i
   ${where(
     from !== null && sql`i.created_at >= ${from}::timestamptz`,
     to !== null && sql`i.created_at <= ${to}::timestamptz`,
     position && (forward ? sql`(i.created_at, i.id) > ${position}` : sql`(i.created_at, i.id) < ${position}`),
   )}
   order by ${forward ? sql`i.created_at, i.id` : sql`i.created_at desc, i.id desc`}
   limit ${limit}
)
select i.id as "invocationId",
       i.created_at::text as "createdAt",
       ${namedAt(paths.records, recordIds)} as records,
       ${namedAt(paths.personal, personalValues)} as personal
  from looked i
 order by ${forward ? sql`i.created_at, i.id` : sql`i.created_at desc, i.id desc`}`)
  const last = rows.length === limit ? rows.at(-1) : undefined
  return { rows, end: last === undefined ? null : { createdAt: last.createdAt, id: last.invocationId } }
}

/** Pairs of texts, as JSON. */
function namedAt(paths: readonly RecordPath[], pairs: (paths: readonly RecordPath[]) => Sql): Sql {
  if (paths.length === 0) return sql`'[]'::json`
  return sql`(select coalesce(json_agg(json_build_array(r.place, r.value)), '[]')
          from (${pairs(paths)}) r)`
}
