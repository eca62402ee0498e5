import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Empty, Failed, Waiting } from '../components/answered.tsx'
import { Filters, type Filter } from '../components/filters.tsx'
import { count } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import type { ChainFilter } from './search.ts'
import { ChainRows } from './chain-rows.tsx'

const route = getRouteApi('/chains')
const PAGE = 200

const statuses = ['completed', 'failed', 'running', 'timeout']
const filters: readonly Filter[] = [
  { param: 'triggeringJob', label: 'Job', names: 'job' },
  { param: 'triggeringFunction', label: 'From function', names: 'function' },
  { param: 'triggeredFunction', label: 'To function', names: 'function' },
  { param: 'status', label: 'Status', words: statuses },
  { param: 'jobStatus', label: 'Job status', words: statuses },
  { param: 'correlationId', label: 'Correlation id' },
]

/** Which job led to which function, newest first, as far back as one scrolls. */
export function ChainsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { window: _window, from: _from, to: _to, ...set } = search
  const window = windowQuery(search)
  const chains = useInfiniteQuery({
    queryKey: ['/chains', window, set],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...window,
        ...(set as Partial<Record<ChainFilter, string[]>>),
        limit: PAGE,
        ...(pageParam !== null && { cursor: pageParam }),
      }
      return answerOf(client.GET('/chains', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.nextCursor,
    // A list that one has scrolled down is read again from its top, and not page by page every few seconds.
    meta: { once: true },
  })
  const rows = chains.data?.pages.flatMap(({ data }) => data) ?? []
  const [first] = chains.data?.pages ?? []
  return (
    <>
      <ViewHead title="Chains" asOf={first?.asOf}>
        {first && (
          <span className="muted">
            {count(rows.length)}
            {chains.hasNextPage ? ' read so far' : ' links'}
          </span>
        )}
        <button type="button" className="button" onClick={() => void chains.refetch()}>
          Read again
        </button>
      </ViewHead>
      <div className="toolbar">
        <Filters
          filters={filters}
          set={set}
          window={window}
          change={(param, values) =>
            void navigate({ search: (before) => ({ ...before, [param]: values }), replace: true })
          }
        />
      </div>
      {first === undefined ? (
        chains.error ? (
          <Failed error={chains.error} again={() => void chains.refetch()} />
        ) : (
          <Waiting rows={14} />
        )
      ) : rows.length === 0 ? (
        <Empty title="No link">
          {first.hint === undefined
            ? 'in this window, or none that these filters let through.'
            : `No row of the window has ${first.hint.given}. Known are: ${first.hint.known.join(', ')}.`}
        </Empty>
      ) : (
        <ChainRows
          rows={rows}
          asOf={first.asOf}
          more={chains.hasNextPage}
          error={chains.isFetchNextPageError ? chains.error : null}
          readMore={() => {
            if (!chains.isFetching) void chains.fetchNextPage()
          }}
        />
      )}
    </>
  )
}
