import { join, sql, type Sql } from '../../db/sql.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import { unreadable } from '../link.ts'

/** Longer values are not kept, nor looked for: a search takes 200 characters, and an index no more than 2,700 bytes of a value. */
export const LONGEST = 200

/** The payload of an invocation `i`, unpacked once, as `p (payload)`; null if it cannot be read. */
export const unpacked = sql`(select case when ${unreadable(sql`i.source_event_payload`)} then null else i.source_event_payload #> '{}' end as payload offset 0) p`

/** The text that stands at a path of `p.payload`, or the texts of the parts of a key with colons between; null if one of them is neither a string nor a number. */
export function scalarAt(path: RecordPath): Sql {
  return join(path.map(partAt), ` || ':' || `)
}

function partAt(steps: readonly string[]): Sql {
  const at = sql`${[...steps]}::text[]`
  return sql`case when (p.payload #> ${at})::text ~ '^["0-9-]' then p.payload #>> ${at} end`
}
