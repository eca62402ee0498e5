import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { RecoveryRights } from '../../domain/link/recovery.ts'
import { ownedByTrusted } from '../owned-by-trusted.ts'

/** What this role may do with the tables of recovered links, as far as they are there. Reads catalogues alone, so any role may. */
export async function recoveryRights(db: Queryable): Promise<RecoveryRights> {
  const [rights] = await db.query<RecoveryRights>(sql`
select ${there} as "there",
       pg_is_in_recovery() as standby,
       coalesce(has_table_privilege(to_regclass('public.observability_links'), 'select')
                and not row_security_active(to_regclass('public.observability_links')), false) as select,
       ${may(sql`'select'`)} and ${may(sql`'insert'`)} and ${may(sql`'update'`)} and ${may(sql`'delete'`)} as keep,
       coalesce(has_column_privilege(to_regclass('public.invocations'), 'source_job_id', 'update'), false) as mend,
       exists (
         select
           from pg_attribute a
          where a.attrelid = to_regclass('public.invocations')
            and a.attname = 'source_job_id'
            and a.attgenerated <> '') as generated,
       quote_ident(current_user) as role`)
  if (!rights) throw new Error('the database did not tell the rights of this role')
  return rights
}

/**
 * The columns that answers are made of, as migration 008 declares them; a view or another table of that name is none. Nor is one whose owner could
 * change neither the tables of the writer nor this database: where anybody may make tables in public, anybody could tell links.
 */
const there = sql`(select count(*) = 8
          from pg_attribute a
          join pg_class c
            on c.oid = a.attrelid
         where c.oid = to_regclass('public.observability_links')
           and c.relkind = 'r'
           and ${ownedByTrusted}
           and not a.attisdropped
           and (a.attname, format_type(a.atttypid, null)) in (
               ('invocation_id', 'uuid'), ('created_at', 'timestamp with time zone'), ('job_id', 'uuid'), ('state', 'text'), ('rule_version', 'integer'),
               ('updated_before', 'timestamp with time zone'), ('updated_after', 'timestamp with time zone'), ('decided_at', 'timestamp with time zone')))`

/** All three tables are there, and the role may do this with each. */
function may(what: Sql): Sql {
  return sql`(select count(*) = 3
          from pg_class c
         where c.relnamespace = to_regnamespace('public')
           and c.relname in ('observability_links', 'observability_leases', 'observability_scans')
           and has_table_privilege(c.oid, ${what}))`
}
