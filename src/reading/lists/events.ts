import type { Queryable, Reader } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { event, type Event, type EventRow } from '../../domain/model/event.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { runningFilters, type RunningQuery } from '../../domain/paging/running-filters.ts'
import { eventRows, type EventFilters } from '../../queries/events.ts'
import { withHoldable } from './holdable-filters.ts'
import { listPage, type Listing, type ListPage } from './list-page.ts'
import { searchedPage } from './searched-page.ts'

/** A page of events. */
export async function readEvents(
  db: Pick<Reader, 'query' | 'snapshot'>,
  { stale, olderThan, ...filters }: EventFilters & RunningQuery,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<Event>> {
  const listing: Listing<EventRow, Event> = {
    made: (row, clock) => event(row, messages, clock),
    position: ({ createdAt, id }) => ({ at: createdAt, id }),
    derived: ({ stale }) => stale,
  }
  return withHoldable(db, { ...filters, ...runningFilters({ stale, olderThan }) }, async (held) => {
    const read = (from: Queryable, page: PageRequest) => eventRows(from, held, page, rules.linkWay)
    return stale === undefined
      ? listPage(asked, await read(db, asked), rules, listing)
      : searchedPage(db, rules, { asked, stale, read, listing })
  })
}
