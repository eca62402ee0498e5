import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { SearchRights } from '../../domain/search/use.ts'
import { ownedByTrusted } from '../owned-by-trusted.ts'

/** What this role may do with the tables of the search. Reads catalogues alone, so any role may. */
export async function searchRights(db: Queryable): Promise<SearchRights> {
  const [rights] = await db.query<SearchRights>(sql`
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
       coalesce(has_column_privilege(to_regclass('public.invocations'), 'source_event_payload', 'select'), false) as payloads,
       quote_ident(current_user) as role`)
  if (!rights) throw new Error('the database did not tell the rights of this role')
  return rights
}

/** Both tables as migration 012 makes them, of an owner who could change the tables of the writer or this database: anybody else could tell records that are none. */
const there = sql`(select count(*) = 9
          from pg_attribute a
          join pg_class c
            on c.oid = a.attrelid
         where c.oid in (to_regclass('public.observability_search'), to_regclass('public.observability_search_reach'))
           and c.relkind = 'r'
           and ${ownedByTrusted}
           and not a.attisdropped
           and (c.relname, a.attname, format_type(a.atttypid, null)) in (
               ('observability_search', 'kind', 'text'), ('observability_search', 'value', 'text'), ('observability_search', 'place', 'text'),
               ('observability_search', 'created_at', 'timestamp with time zone'), ('observability_search', 'invocation_id', 'uuid'),
               ('observability_search_reach', 'settings', 'text'), ('observability_search_reach', 'from_at', 'timestamp with time zone'),
               ('observability_search_reach', 'to_at', 'timestamp with time zone'), ('observability_search_reach', 'ticked_at', 'timestamp with time zone')))`

/** Both tables are there, and the role may do this with each, with all rows. */
function may(what: Sql): Sql {
  return sql`(select count(*) = 2
          from pg_class c
         where c.relnamespace = to_regnamespace('public')
           and c.relname in ('observability_search', 'observability_search_reach')
           and has_table_privilege(c.oid, ${what})
           and not row_security_active(c.oid))`
}
