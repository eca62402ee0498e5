import type { Queryable } from '../../db/db.ts'
import { empty, sql, where } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { KeptState } from '../../domain/link/kept.ts'

/** A place in the order of (created_at, id); `createdAt` is Postgres text, with all its digits. */
export interface Position {
  createdAt: string
  id: string
}

/** Of created_at, ISO 8601 in UTC; `to` itself is not in it. null: without a bound. */
export interface Window {
  from: string | null
  to: string | null
}

/** Which kept rows are looked for: those in one of the states; `unlinked`: and source_job_id of their invocation is empty. */
export interface Wanted {
  states: readonly KeptState[]
  unlinked: boolean
}

/** The rows that were found, in order, and how far was looked; null: there is nothing beyond. */
export interface Found {
  ids: string[]
  end: Position | null
}

/** Rows of ours that one statement looks at, however few are wanted: 2 to 8 ms. */
const LOOKED = 2000

/** The next `limit` invocations whose kept rows are wanted, after a position in a window. Locks nothing. */
export async function keptRows(
  db: Queryable,
  window: Window,
  after: Position | null,
  { states, unlinked }: Wanted,
  limit: number,
): Promise<Found> {
  const [row] = await db.query<Found>(sql`
with looked as materialized (
  select l.invocation_id,
         l.created_at,
         l.state
    from public.observability_links l
   ${where(
     window.from !== null && after === null && sql`l.created_at >= ${timestamptz(window.from)}`,
     after !== null && sql`(l.created_at, l.invocation_id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
     window.to !== null && sql`l.created_at < ${timestamptz(window.to)}`,
   )}
   order by l.created_at, l.invocation_id
   limit ${LOOKED}
), wanted as materialized (
  select k.invocation_id,
         k.created_at
    from looked k
   where k.state = any(${[...states]}::text[])
     ${unlinked ? UNLINKED : empty}
   order by k.created_at, k.invocation_id
   limit ${limit}
), passed as (
  select w.invocation_id,
         w.created_at
    from wanted w
   where (select count(*) from wanted) = ${limit}
   union all
  select k.invocation_id,
         k.created_at
    from looked k
   where (select count(*) from wanted) < ${limit}
)
select array(select w.invocation_id
               from wanted w
              order by w.created_at, w.invocation_id) as ids,
       (select json_build_object('createdAt', p.created_at::text, 'id', p.invocation_id)
          from passed p
         order by p.created_at desc, p.invocation_id desc
         limit 1) as end`)
  return row ?? { ids: [], end: null }
}

/** Those of these invocations whose kept rows are still wanted. */
export async function keptAmong(
  db: Queryable,
  ids: readonly string[],
  { states, unlinked }: Wanted,
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
select k.invocation_id as id
  from public.observability_links k
 where k.invocation_id = any(${[...ids]}::uuid[])
   and k.state = any(${[...states]}::text[])
   ${unlinked ? UNLINKED : empty}`)
  return rows.map(({ id }) => id)
}

const UNLINKED = sql`and exists (
           select from public.invocations i
            where i.id = k.invocation_id
              and i.source_job_id is null)`
