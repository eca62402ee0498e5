import { join, sql, type Sql } from '../../db/sql.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import { LONGEST, scalarAt, unpacked } from './payload-scalar.ts'

const place = sql`coalesce(i.source_table::text, concat_ws('.', p.payload #>> '{table,schema}', p.payload #>> '{table,name}'), '')`

/**
 * The ids of records that the payload of an invocation `i` holds, as rows `(place, value)`: their table and id, each once: text of what is a string or a number, UUIDs in small letters.
 * What may be an e-mail address is none, and a table whose name is longer than 200 characters has none. The payload is unpacked once, and nothing else of it comes out.
 */
export function recordIds(paths: readonly RecordPath[]): Sql {
  return sql`
       select distinct
              ${place} as place,
              case when v.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then lower(v.id) else v.id end as value
         from ${unpacked}
        cross join lateral (values ${join(
          paths.map((path) => sql`(${scalarAt(path)})`),
          ', ',
        )}) v (id)
        where v.id <> ''
          and length(v.id) <= ${LONGEST}
          and length(${place}) <= ${LONGEST}
          and v.id !~ '@|＠|﹫|%(25)*40'`
}
