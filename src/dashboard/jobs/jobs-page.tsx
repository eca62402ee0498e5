import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { bucketOf, lengthOf, windowQuery, type WindowSearch } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Bounds } from '../components/bounds.tsx'
import { count } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import { RunsOf } from './runs-of.tsx'
import { statsKinds, type JobsSearch, type StatsKind, type StatsSort } from './search.ts'
import { StatsTable } from './stats-table.tsx'

const route = getRouteApi('/jobs')
const titles: Record<StatsKind, string> = { jobs: 'Jobs', functions: 'Functions', events: 'Events' }
/** A page of series has 20,000 points at most. */
const ROWS = 60

/** How often each job, function or event ran, how it came out, how long it took, and what is stuck. */
export function JobsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { of = 'jobs', sort = '-runs', name, stale } = search
  const window = windowQuery(search)
  const stats = useQuery({
    queryKey: ['/stats', of, window, sort],
    queryFn: ({ signal }) => answerOf(statsOf(of, search, sort, signal)),
    placeholderData: keepPreviousData,
  })
  const change = (next: Partial<JobsSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  return (
    <>
      <ViewHead title={titles[of]} asOf={stats.data?.asOf}>
        {stats.data && <span className="muted">{count(stats.data.page.groups)} names</span>}
        <div className="choices" role="group" aria-label="Of what">
          {statsKinds.map((each) => (
            <button
              key={each}
              type="button"
              className="button"
              aria-pressed={each === of}
              onClick={() => change({ of: each, name: undefined, stale: undefined })}
            >
              {titles[each]}
            </button>
          ))}
        </div>
      </ViewHead>
      {name !== undefined && (
        <RunsOf
          of={of}
          name={name}
          stale={stale ?? false}
          window={window}
          close={() => change({ name: undefined, stale: undefined })}
          change={change}
        />
      )}
      <Answered of={stats} rows={14}>
        {({ data, page, note, asOf }) => (
          <>
            <Bounds page={page} note={note} />
            {data.length === 0 ? (
              <Empty title="Nothing ran">in this window. Choose a longer one above.</Empty>
            ) : (
              <StatsTable stats={data} asOf={asOf} sort={sort} selected={name} change={change} />
            )}
            {page.groups > data.length && (
              <p className="hint">
                The first {count(data.length)} of {count(page.groups)} names are shown, by the column that is sorted.
              </p>
            )}
          </>
        )}
      </Answered>
    </>
  )
}

function statsOf(of: StatsKind, search: WindowSearch, sort: StatsSort, signal: AbortSignal) {
  const span = lengthOf(search, Date.parse(new Date().toISOString()))
  // A line of 60 names has no room for more than a few hundred points.
  const bucket = bucketOf(span) === '5m' ? '1h' : bucketOf(span)
  const query = { ...windowQuery(search), sort, limit: ROWS, compareTo: 'previous' as const, bucket }
  const options = { params: { query }, signal }
  if (of === 'functions') return client.GET('/functions/stats', options)
  return of === 'events' ? client.GET('/events/stats', options) : client.GET('/jobs/stats', options)
}
