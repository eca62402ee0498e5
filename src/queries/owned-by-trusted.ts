import { sql } from '../db/sql.ts'

/** Whether the owner of a table `c` (pg_class) could change the tables of the writer or this database, or is this role: what anybody else made says nothing. */
export const ownedByTrusted = sql`to_regclass('public.invocations') is not null
           and (pg_has_role(c.relowner, (select i.relowner from pg_class i where i.oid = to_regclass('public.invocations')), 'usage')
                or pg_has_role(c.relowner, (select d.datdba from pg_database d where d.datname = current_database()), 'usage')
                or c.relowner = (select r.oid from pg_roles r where r.rolname = current_user))`
