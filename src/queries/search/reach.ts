import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

/** Of which invocations the index holds all that their payloads name: of those whose created_at is after `from` and before `to`; Postgres text. */
export interface Reach {
  from: string
  to: string
}

/** How far the index reaches that was made by these settings; undefined: there is none. */
export async function readReach(db: Queryable, settings: string): Promise<Reach | undefined> {
  const [reach] = await db.query<Reach>(sql`
select r.from_at::text as "from",
       r.to_at::text as "to"
  from public.observability_search_reach r
 where r.settings = ${settings}`)
  return reach
}

/** Notes that nothing is indexed by these settings yet: the index grows from an instant (Postgres text) in both directions. What was made by other settings is read no more. */
export async function beginReach(db: Queryable, settings: string, at: string): Promise<void> {
  await db.query(sql`
delete from public.observability_search_reach`)
  await db.query(sql`
insert into public.observability_search_reach (settings, from_at, to_at)
values (${settings}, ${at}::timestamptz, ${at}::timestamptz)`)
}

/** Forgets how far the index reaches, so that it is made again. */
export async function forgetReach(db: Queryable): Promise<void> {
  await db.query(sql`
delete from public.observability_search_reach`)
}

/** Notes that everything before `to` is indexed, but no later than `latest`: rows of the last minute may still arrive. */
export async function reachForward(db: Queryable, to: string, latest: string): Promise<void> {
  await db.query(sql`
update public.observability_search_reach r
   set to_at = greatest(r.to_at, least(${to}::timestamptz, ${latest}::timestamptz)),
       ticked_at = clock_timestamp()`)
}

/** Notes that everything after `from` is indexed. */
export async function reachBack(db: Queryable, from: string): Promise<void> {
  await db.query(sql`
update public.observability_search_reach r
   set from_at = ${from}::timestamptz,
       ticked_at = clock_timestamp()`)
}
