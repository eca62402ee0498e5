import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** May statements of this session write temporary files at all? Names are quoted where they must be; the role is the one that logged in, whose settings hold. */
export interface TemporaryFilesRow {
  allowed: boolean
  role: string
  database: string
}

export function temporaryFiles(db: Queryable): Promise<TemporaryFilesRow[]> {
  return db.query<TemporaryFilesRow>(sql`
select s.setting <> '0' as allowed,
       quote_ident(session_user) as role,
       quote_ident(current_database()) as database
  from pg_settings s
 where s.name = 'temp_file_limit'`)
}
