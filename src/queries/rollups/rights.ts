import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { RollupRights } from '../../domain/rollup/use.ts'
import { ownedByTrusted } from '../owned-by-trusted.ts'

/** What this role may do with the tables of rollups. Reads catalogues alone, so any role may. */
export async function rollupRights(db: Queryable): Promise<RollupRights> {
  const [rights] = await db.query<RollupRights>(sql`
select ${there} as "there",
       pg_is_in_recovery() as standby,
       ${may(sql`'select'`)} as select,
       ${may(sql`'select'`)} and ${may(sql`'insert'`)} and ${may(sql`'update'`)} and ${may(sql`'delete'`)} as keep,
       (select count(*) = 1
          from pg_class c
         where c.oid = to_regclass('public.observability_leases')
           and has_table_privilege(c.oid, 'select')
           and has_table_privilege(c.oid, 'insert')
           and has_table_privilege(c.oid, 'update')) as lease,
       quote_ident(current_user) as role`)
  if (!rights) throw new Error('the database did not tell the rights of this role')
  return rights
}

/** Both tables as migration 010 makes them, of an owner who could change the tables of the writer or this database: anybody else could tell figures that are none. */
const there = sql`(select count(*) = 11
          from pg_attribute a
          join pg_class c
            on c.oid = a.attrelid
         where c.oid in (to_regclass('public.observability_hours'), to_regclass('public.observability_rollups'))
           and c.relkind = 'r'
           and ${ownedByTrusted}
           and not a.attisdropped
           and (c.relname, a.attname, format_type(a.atttypid, null)) in (
               ('observability_hours', 'hour', 'timestamp with time zone'), ('observability_hours', 'version', 'integer'), ('observability_hours', 'overlay', 'boolean'),
               ('observability_hours', 'cut', 'boolean'), ('observability_hours', 'running', 'uuid[]'), ('observability_hours', 'took_ms', 'integer'),
               ('observability_hours', 'counted_at', 'timestamp with time zone'), ('observability_rollups', 'part', 'text'), ('observability_rollups', 'span', 'text'),
               ('observability_rollups', 'begins_at', 'timestamp with time zone'), ('observability_rollups', 'figures', 'json')))`

/** Both tables are there, and the role may do this with each, with all rows. */
function may(what: Sql): Sql {
  return sql`(select count(*) = 2
          from pg_class c
         where c.relnamespace = to_regnamespace('public')
           and c.relname in ('observability_hours', 'observability_rollups')
           and has_table_privilege(c.oid, ${what})
           and not row_security_active(c.oid))`
}
