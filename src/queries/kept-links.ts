import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { KeptState } from '../domain/link/kept.ts'
import type { KeptLinkRow } from '../domain/model/kept-link.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import { asOf, timed, type TimedRows } from './as-of.ts'
import { columnsRead, selected } from './columns.ts'
import { keptVersion } from './effective-link.ts'
import { asText, matching, pageOf } from './page.ts'

/** The filters of the list of kept links; several values mean OR. */
export interface KeptLinkFilters {
  state?: KeptState[]
}

const keptLinkColumns = {
  id: sql`k.invocation_id`,
  createdAt: sql`k.created_at`,
  jobId: sql`k.job_id`,
  state: sql`k.state`,
  ruleVersion: sql`k.rule_version`,
  decidedAt: sql`k.decided_at`,
  version: keptVersion,
} satisfies Record<keyof KeptLinkRow, Sql>

/** One page of what is kept of links, and one row beyond it. */
export function keptLinkRows(
  db: Queryable,
  filters: KeptLinkFilters,
  page: PageRequest,
): Promise<TimedRows<KeptLinkRow>> {
  return timed<KeptLinkRow>(
    db,
    sql`
select ${selected(columnsRead(keptLinkColumns, page.fields?.columns, 'id', 'createdAt', 'decidedAt', 'version'))},
       ${asOf}
  from public.observability_links k
 ${pageOf({
   at: sql`k.created_at`,
   id: sql`k.invocation_id`,
   page,
   filters: matching(filters, { state: asText(sql`k.state`) }),
 })}`,
  )
}
