import type { Queryable } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { chain, type Chain } from '../../domain/model/link.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { chainRows, type ChainFilters } from '../../queries/links.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type ListPage } from './list-page.ts'

/** A page of links: which job led to which function. */
export async function readLinks(
  db: Queryable,
  filters: ChainFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<Chain>> {
  const rows = await withHoldable(db, filters, (held) => chainRows(db, held, asked, rules.linkWay))
  return listPage(asked, rows, rules, {
    made: (row, clock) => chain(row, messages, clock),
    position: ({ triggered }) => ({ at: triggered.createdAt, id: triggered.invocationId }),
    derived: ({ triggering, triggered }) => [
      triggering.job.stale,
      triggered.stale,
      triggered.jobs.data.map(({ stale }) => stale),
    ],
  })
}
