import { join, sql, type Sql } from '../../db/sql.ts'
import type { RecordPath } from '../../domain/search/record-path.ts'
import { LONGEST, scalarAt, unpacked } from './payload-scalar.ts'

/** The personal keys that the payload of an invocation `i` holds, as rows `(place, value)`: the paths that they stand at, and what was written there. They leave the database to be hashed. */
export function personalValues(paths: readonly RecordPath[]): Sql {
  return sql`
       select v.place,
              v.value
         from ${unpacked}
        cross join lateral (values ${join(
          paths.map((path) => sql`(${pathText(path)}::text, ${scalarAt(path)})`),
          ', ',
        )}) v (place, value)
        where btrim(v.value) <> ''
          and length(v.value) <= ${LONGEST}`
}

function pathText(path: RecordPath): string {
  return path.map((steps) => steps.join('.')).join('+')
}
