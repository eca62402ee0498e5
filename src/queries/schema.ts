import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { Statuses } from '../domain/model/status.ts'
import type { ColumnRow } from '../domain/schema.ts'

/**
 * The columns of the three tables, as far as they are there. Reads catalogues alone, so any role may. From Postgres 18 on a column that is declared
 * NOT NULL may hold NULL in rows from before, as long as that is NOT VALID.
 */
export function columnRows(db: Queryable): Promise<ColumnRow[]> {
  return db.query<ColumnRow>(sql`
with recursive based as (
  select a.attrelid,
         a.attnum,
         a.attname,
         a.atttypid as declared,
         a.atttypmod,
         a.atthasdef,
         a.attnotnull and v.attnum is null as attnotnull,
         a.atttypid as base,
         array[]::oid[] as domains
    from pg_attribute a
    left join (
         select c.conrelid,
                c.conkey[1] as attnum
           from pg_constraint c
          where c.contype = 'n'
            and not c.convalidated) v
      on v.conrelid = a.attrelid
     and v.attnum = a.attnum
   where a.attrelid = any(array[to_regclass('public.invocations'), to_regclass('public.event_executions'), to_regclass('public.job_executions')])
     and a.attnum > 0
     and not a.attisdropped
   union all
  select b.attrelid,
         b.attnum,
         b.attname,
         b.declared,
         b.atttypmod,
         b.atthasdef,
         b.attnotnull or t.typnotnull,
         t.typbasetype,
         b.domains || t.oid
    from based b
    join pg_type t
      on t.oid = b.base
   where t.typtype = 'd'
)
select c.relname as "table",
       b.attname as "column",
       format_type(b.declared, b.atttypmod) as type,
       t.typname as base,
       t.typcategory::text as category,
       array(select e.enumlabel::text
               from pg_enum e
              where e.enumtypid = t.oid
              order by e.enumsortorder) as labels,
       array(select pg_get_constraintdef(k.oid)
               from pg_constraint k
              where k.contype = 'c'
                and (k.conrelid = c.oid and k.conkey = array[b.attnum] or k.contypid = any(b.domains))
              order by k.conname) as checks,
       not b.attnotnull as nullable,
       b.atthasdef as "hasDefault",
       row_security_active(c.oid) as "rowSecurity",
       c.relpersistence = 'u' and pg_is_in_recovery() as "leftBehind",
       quote_ident(current_user) as role,
       array(select i.indexrelid::regclass::text
               from pg_index i
              where i.indrelid = c.oid
                and (i.indkey[0] = b.attnum
                     or b.attnum <> all(i.indkey)
                        and strpos(pg_get_expr(i.indpred, i.indrelid), format('(%I)::text', b.attname)) = 0
                        and exists (
                            select from pg_depend d
                             where d.classid = 'pg_class'::regclass
                               and d.objid = i.indexrelid
                               and d.refclassid = 'pg_class'::regclass
                               and d.refobjid = c.oid
                               and d.refobjsubid = b.attnum))
              order by 1) as indexes
  from based b
  join pg_type t
    on t.oid = b.base
   and t.typtype <> 'd'
  join pg_class c
    on c.oid = b.attrelid
 order by c.relname, b.attnum`)
}

/** Of the three tables those that are there. */
export async function tablesThere(db: Queryable): Promise<Array<keyof Statuses>> {
  const rows = await db.query<{ table: keyof Statuses }>(sql`
select c.relname as "table"
  from pg_class c
 where c.relnamespace = to_regnamespace('public')
   and c.relname in ('invocations', 'event_executions', 'job_executions')
 order by c.relname`)
  return rows.map(({ table }) => table)
}
