import { sql, type Sql } from '../db/sql.ts'

/** Did a row with this status fail? The same words as `isFailure` has (src/domain/model/status.ts). */
export function hasFailed(status: Sql): Sql {
  return sql`${status}::text in ('failed', 'timeout', 'timed_out')`
}
