import { sql, type Sql } from '../db/sql.ts'
import { endOf } from './column-types.ts'

/** The columns of an invocation of which its end is made. */
export interface Timing {
  createdAt: Sql
  updatedAt: Sql
  durationMs: Sql
}

/**
 * The end of an invocation, as `endOfInvocation` has it (src/domain/ends.ts); of one without a duration, or with less than none, it is the start.
 * `lastJobEnd`: null where no job of it has an end.
 */
export function endOfInvocation({ createdAt, updatedAt, durationMs }: Timing, lastJobEnd: Sql): Sql {
  const counted = endOf(createdAt, durationMs)
  return sql`case when ${updatedAt} <= ${createdAt} or ${updatedAt} < ${lastJobEnd} then ${counted}
                        else least(${updatedAt}, ${counted}) end`
}
