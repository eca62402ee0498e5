import { join, sql, type Sql } from '../../db/sql.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import { unreadable } from '../link.ts'

/** Longer ids are not kept, nor looked for: an index takes no more than 2,700 bytes of a value. */
export const LONGEST_ID = 200

/**
 * The ids of records that the payload of an invocation `i` holds, as rows `r (table_name, id)`, each once: text of what is a string or a number, UUIDs in small letters.
 * What may be an e-mail address is none. The payload is unpacked once, and nothing else of it comes out.
 */
export function recordIds(paths: readonly RecordPath[]): Sql {
  const payload = sql`i.source_event_payload`
  return sql`
       select distinct
              coalesce(i.source_table::text, concat_ws('.', p.payload #>> '{table,schema}', p.payload #>> '{table,name}'), '') as table_name,
              case when v.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then lower(v.id) else v.id end as id
         from (select case when ${unreadable(payload)} then null else ${payload} #> '{}' end as payload offset 0) p
        cross join lateral (values ${join(
          paths.map((path) => sql`(${keyAt(path)})`),
          ', ',
        )}) v (id)
        where v.id <> ''
          and length(v.id) <= ${LONGEST_ID}
          and v.id !~ '@|＠|﹫|%(25)*40'`
}

/** The text of a key; null if one of its parts is neither a string nor a number. */
function keyAt(path: RecordPath): Sql {
  return join(path.map(scalarAt), ` || ':' || `)
}

function scalarAt(steps: readonly string[]): Sql {
  const at = sql`${[...steps]}::text[]`
  return sql`case when (p.payload #> ${at})::text ~ '^["0-9-]' then p.payload #>> ${at} end`
}
