import type { Queryable } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { invocation, type Invocation } from '../../domain/model/invocation.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { invocationRows, type InvocationFilters } from '../../queries/invocations.ts'
import { triggeredLookup } from '../../queries/triggered.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type ListPage } from './list-page.ts'

/** Reads a page of invocations. `signal` gives up a lookup that is shared with other callers. */
export type ReadInvocations = (
  db: Queryable,
  filters: InvocationFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
  signal: AbortSignal,
) => Promise<ListPage<Invocation>>

/** The reader of pages of invocations. The first page of what one job triggered it asks of `shared`, in statements that its callers share. */
export function invocationReader(shared: Queryable): ReadInvocations {
  const triggeredBy = triggeredLookup(shared)
  return async (db, filters, asked, messages, rules, signal) => {
    const jobId = onlyJob(filters, asked)
    const rows =
      jobId === undefined
        ? await withHoldable(db, filters, (held) => invocationRows(db, held, asked, rules))
        : await triggeredBy(jobId, asked, signal)
    return listPage(asked, rows, rules, {
      made: (row, clock) => invocation(row, messages, clock),
      position: ({ createdAt, id }) => ({ at: createdAt, id }),
      derived: ({ stale }) => stale,
    })
  }
}

/** The job of a request for the first page of what one job triggered, at any time, and for nothing else. */
function onlyJob({ sourceJobId, ...others }: InvocationFilters, { from, to, after }: PageRequest): string | undefined {
  const anyPlace = from === null && to === null && after === null
  return anyPlace && sourceJobId?.length === 1 && Object.keys(others).length === 0 ? sourceJobId[0] : undefined
}
