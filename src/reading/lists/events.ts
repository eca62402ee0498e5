import type { Queryable } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { event, type Event } from '../../domain/model/event.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { eventRows, type EventFilters } from '../../queries/events.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type ListPage } from './list-page.ts'

/** A page of events. */
export async function readEvents(
  db: Queryable,
  filters: EventFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<Event>> {
  const rows = await withHoldable(db, filters, (held) => eventRows(db, held, asked))
  return listPage(asked, rows, rules, {
    made: (row, clock) => event(row, messages, clock),
    position: ({ createdAt, id }) => ({ at: createdAt, id }),
    derived: ({ stale }) => stale,
  })
}
