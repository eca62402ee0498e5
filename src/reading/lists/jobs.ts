import type { Queryable, Reader } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { job, type Job, type JobRow } from '../../domain/model/job.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { runningFilters, type RunningQuery } from '../../domain/paging/running-filters.ts'
import { leastDuration } from '../../domain/paging/least-duration.ts'
import { jobRows, type JobFilters } from '../../queries/jobs.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type Listing, type ListPage } from './list-page.ts'
import { searchedPage } from './searched-page.ts'

export interface JobQuery extends Omit<JobFilters, 'minDurationMs'>, RunningQuery {
  /** A duration such as `1500ms`. */
  minDuration?: string
}

/** A page of jobs. Throws Invalid for a duration that is none. */
export async function readJobs(
  db: Pick<Reader, 'query' | 'snapshot'>,
  { stale, olderThan, minDuration, ...filters }: JobQuery,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<Job>> {
  const listing: Listing<JobRow, Job> = {
    made: (row, clock) => job(row, messages, clock),
    position: ({ startedAt, id }) => ({ at: startedAt, id }),
    derived: ({ stale }) => stale,
  }
  const least = minDuration === undefined ? {} : { minDurationMs: leastDuration('minDuration', minDuration) }
  return withHoldable(db, { ...filters, ...least, ...runningFilters({ stale, olderThan }) }, async (held) => {
    const read = (from: Queryable, page: PageRequest) => jobRows(from, held, page, rules.linkWay)
    return stale === undefined
      ? listPage(asked, await read(db, asked), rules, listing)
      : searchedPage(db, rules, { asked, stale, read, listing })
  })
}
