import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { MOST_GROUPS, nameOf, within } from '../analysis/within.ts'

/** What the invocation `i` did, as `invocationOperation` has it (src/domain/trace/names.ts). */
export const invocationOperation: Sql = sql`concat(i.source_function::text, ' ' || nullif(concat_ws('.', i.source_table::text, i.source_operation::text), ''))`

export interface OperationRow {
  name: string
  kind: 'server' | 'internal'
}

/** What was done in the invocations of a function that began in a window, each name and kind once: the invocations themselves, their detected events and their jobs. */
export function operationRows(db: Queryable, sourceFunction: string, window: Window): Promise<OperationRow[]> {
  return db.query<OperationRow>(sql`
with own as materialized (
  select i.id,
         ${invocationOperation} as operation
    from public.invocations i
   where i.source_function::text = ${sourceFunction}::text
     and ${within(sql`i.created_at`, window)}
)
select ${nameOf(sql`o.operation`)} as name,
       'server' as kind
  from own o
 union
select ${nameOf(sql`e.event_name`)},
       'internal'
  from own o
  join public.event_executions e
    on e.invocation_id = o.id
 where e.detected
 union
select ${nameOf(sql`j.job_name`)},
       'internal'
  from own o
  join public.job_executions j
    on j.invocation_id = o.id
 order by name, kind
 limit ${MOST_GROUPS}`)
}
