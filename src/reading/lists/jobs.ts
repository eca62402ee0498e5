import type { Queryable } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { job, type Job } from '../../domain/model/job.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { jobRows, type JobFilters } from '../../queries/jobs.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type ListPage } from './list-page.ts'

/** A page of jobs. */
export async function readJobs(
  db: Queryable,
  filters: JobFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<Job>> {
  const rows = await withHoldable(db, filters, (held) => jobRows(db, held, asked))
  return listPage(asked, rows, rules, {
    made: (row, clock) => job(row, messages, clock),
    position: ({ startedAt, id }) => ({ at: startedAt, id }),
    derived: ({ stale }) => stale,
  })
}
