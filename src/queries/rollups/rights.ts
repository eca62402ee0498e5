import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { OwnTables } from '../../domain/rollup/own-tables.ts'
import type { OwnTableRights } from '../../domain/rollup/use.ts'
import { ownedByTrusted } from '../owned-by-trusted.ts'

/**
 * What this role may do with these tables. They are there if they have the columns, and an owner who could change the tables of the writer or this database:
 * anybody else could tell what is not so. Reads catalogues alone, so any role may.
 */
export async function ownTableRights(db: Queryable, { names, columns }: OwnTables): Promise<OwnTableRights> {
  const [rights] = await db.query<OwnTableRights>(sql`
select (select count(*) = ${columns.length}
          from pg_attribute a
          join pg_class c
            on c.oid = a.attrelid
         where c.relnamespace = to_regnamespace('public')
           and c.relname = any(${[...names]}::text[])
           and c.relkind = 'r'
           and ${ownedByTrusted}
           and not a.attisdropped
           and format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, null)) = any(${[...columns]}::text[])) as there,
       pg_is_in_recovery() as standby,
       ${may(names, sql`'select'`)} as select,
       ${may(names, sql`'select'`)} and ${may(names, sql`'insert'`)} and ${may(names, sql`'update'`)} and ${may(names, sql`'delete'`)} as keep,
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

/** All of them are there, and the role may do this with each, with all rows. */
function may(names: readonly string[], what: Sql): Sql {
  return sql`(select count(*) = ${names.length}
          from pg_class c
         where c.relnamespace = to_regnamespace('public')
           and c.relname = any(${[...names]}::text[])
           and has_table_privilege(c.oid, ${what})
           and not row_security_active(c.oid))`
}
