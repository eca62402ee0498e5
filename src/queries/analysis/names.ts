import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { MOST_GROUPS, nameOf, within } from './within.ts'

/** What has names: functions, jobs, events that were detected, and the tables and systems that events came from. */
export const nameKinds = ['function', 'job', 'event', 'table', 'system'] as const
export type NameKind = (typeof nameKinds)[number]

export interface NameRow {
  name: string
  count: number
  lastAt: string
}

/** The names of one kind in a window, the most frequent first; one more than MOST_GROUPS tells that there are more. */
export function nameRows(db: Queryable, kind: NameKind, window: Window): Promise<NameRow[]> {
  const { column, rows } = sources[kind]
  return db.query<NameRow>(sql`
select ${nameOf(column)} as name,
       count(*)::int as count,
       max(r.created_at) as "lastAt"
  from ${rows}
   and ${within(sql`r.created_at`, window)}
 group by 1
 order by count desc, name
 limit ${MOST_GROUPS + 1}`)
}

const sources: Record<NameKind, { column: Sql; rows: Sql }> = {
  function: {
    column: sql`r.source_function`,
    rows: sql`public.invocations r
 where true`,
  },
  job: {
    column: sql`r.job_name`,
    rows: sql`public.job_executions r
 where true`,
  },
  event: {
    column: sql`r.event_name`,
    rows: sql`public.event_executions r
 where r.detected`,
  },
  table: {
    column: sql`r.source_table`,
    rows: sql`public.invocations r
 where r.source_table is not null`,
  },
  system: {
    column: sql`r.source_system`,
    rows: sql`public.invocations r
 where r.source_system is not null`,
  },
}
