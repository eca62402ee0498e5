import type { Queryable, Reader } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { invocation, type Invocation, type InvocationRow } from '../../domain/model/invocation.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { runningFilters, type RunningQuery } from '../../domain/paging/running-filters.ts'
import { invocationRows, type InvocationFilters } from '../../queries/invocations.ts'
import { triggeredLookup } from '../../queries/triggered.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type Listing, type ListPage } from './list-page.ts'
import { searchedPage } from './searched-page.ts'

/** Reads a page of invocations. `signal` gives up a lookup that is shared with other callers. */
export type ReadInvocations = (
  db: Pick<Reader, 'query' | 'snapshot'>,
  filters: InvocationFilters & RunningQuery,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
  signal: AbortSignal,
) => Promise<ListPage<Invocation>>

/** The reader of pages of invocations. The first page of what one job triggered it asks of `shared`, in statements that its callers share. */
export function invocationReader(shared: Queryable): ReadInvocations {
  const triggeredBy = triggeredLookup(shared)
  return async (db, filters, asked, messages, rules, signal) => {
    const listing: Listing<InvocationRow, Invocation> = {
      made: (row, clock) => invocation(row, messages, clock),
      position: ({ createdAt, id }) => ({ at: createdAt, id }),
      derived: ({ stale }) => stale,
    }
    const jobId = onlyJob(filters, asked)
    if (jobId !== undefined) {
      const rows = await triggeredBy(jobId, asked, rules.linkWay, signal)
      return listPage(asked, rows, rules, listing)
    }
    const { stale, olderThan, ...others } = filters
    return withHoldable(db, { ...others, ...runningFilters({ stale, olderThan }) }, async (held) => {
      const read = (from: Queryable, page: PageRequest) => invocationRows(from, held, page, rules)
      return stale === undefined
        ? listPage(asked, await read(db, asked), rules, listing)
        : searchedPage(db, rules, { asked, stale, read, listing })
    })
  }
}

/** The job of a request for the first page of what one job triggered, at any time, and for nothing else. */
function onlyJob({ sourceJobId, ...others }: InvocationFilters, { from, to, after }: PageRequest): string | undefined {
  const anyPlace = from === null && to === null && after === null
  return anyPlace && sourceJobId?.length === 1 && Object.keys(others).length === 0 ? sourceJobId[0] : undefined
}
