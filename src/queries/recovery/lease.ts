import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

/** A lease that is held; `token` (int8 as text) counts up whenever the holder changes. */
export interface Lease {
  name: string
  token: string
}

/** Who holds a lease, and how long it still runs by the database's clock, ms. */
export interface LeaseHolder {
  holder: string
  expiresInMs: number
}

/**
 * Takes a lease that nobody holds, or whose holder has not renewed it in time; undefined if somebody else holds it. Waits while a batch of
 * the holder is under way, up to the session's lock_timeout.
 */
export async function insertLease(
  db: Queryable,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<Lease | undefined> {
  const [row] = await db.query<{ token: string }>(sql`
insert into public.observability_leases as l (name, holder, token, expires_at)
values (${name}, ${holder}, 1, clock_timestamp() + ${ttlMs}::float8 * interval '1 ms')
    on conflict (name) do update
   set holder = excluded.holder,
       token = l.token + 1,
       expires_at = excluded.expires_at
 where l.expires_at <= clock_timestamp()
returning l.token`)
  return row && { name, token: row.token }
}

/**
 * Lengthens a lease, and keeps its row locked until the transaction ends, so that nobody takes it before then. False if it has expired or
 * somebody else has taken it.
 */
export async function renewLease(db: Queryable, { name, token }: Lease, ttlMs: number): Promise<boolean> {
  const rows = await db.query(sql`
update public.observability_leases l
   set expires_at = clock_timestamp() + ${ttlMs}::float8 * interval '1 ms'
 where l.name = ${name}
   and l.token = ${token}::int8
   and l.expires_at > clock_timestamp()
returning 1`)
  return rows.length > 0
}

/** Lengthens a lease that has perhaps run out. Only for a transaction in which `renewLease` has succeeded: nobody has taken the lease since. */
export async function extendLease(db: Queryable, { name, token }: Lease, ttlMs: number): Promise<void> {
  await db.query(sql`
update public.observability_leases l
   set expires_at = clock_timestamp() + ${ttlMs}::float8 * interval '1 ms'
 where l.name = ${name}
   and l.token = ${token}::int8`)
}

/** Gives a lease back. One that somebody else has taken meanwhile stays theirs. */
export async function expireLease(db: Queryable, { name, token }: Lease): Promise<void> {
  await db.query(sql`
update public.observability_leases l
   set expires_at = '-infinity'
 where l.name = ${name}
   and l.token = ${token}::int8`)
}

/** Who holds a lease; undefined: nobody. */
export async function leaseHolder(db: Queryable, name: string): Promise<LeaseHolder | undefined> {
  const [row] = await db.query<LeaseHolder>(sql`
select l.holder,
       extract(epoch from l.expires_at - clock_timestamp())::float8 * 1000 as "expiresInMs"
  from public.observability_leases l
 where l.name = ${name}
   and l.expires_at > clock_timestamp()`)
  return row
}
