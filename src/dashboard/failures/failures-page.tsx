import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Bounds } from '../components/bounds.tsx'
import { Filters, type Filter } from '../components/filters.tsx'
import { ViewHead } from '../shell/view-head.tsx'
import { count } from '../format/numbers.ts'
import { Causes } from './causes.tsx'
import { failureKinds, type FailuresSearch } from './search.ts'

const route = getRouteApi('/failures')

const filters: readonly Filter[] = [
  { param: 'name', label: 'Name', names: 'job' },
  { param: 'text', label: 'Cause holds' },
]

const kinds = { job: 'Failed jobs', event: 'Crashed handlers', function: 'Failed functions' } as const

/** What failed in the window and why: one row a cause. */
export function FailuresPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const window = windowQuery(search)
  const { kind, name, text, fresh, sort } = search
  const failures = useQuery({
    queryKey: ['/failures', window, { kind, name, text, fresh, sort }],
    queryFn: ({ signal }) => {
      const query = {
        ...window,
        limit: 200,
        sort: sort ?? '-count',
        ...(kind && { kind: kind as Array<(typeof failureKinds)[number]> }),
        ...(name && { name }),
        ...(text?.[0] !== undefined && { text: text[0] }),
        ...(fresh && { new: true }),
      }
      return answerOf(client.GET('/failures', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })
  const change = (next: Partial<FailuresSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  return (
    <>
      <ViewHead title="Failures" asOf={failures.data?.asOf}>
        {failures.data && <span className="muted">{count(failures.data.page.groups)} causes</span>}
      </ViewHead>
      <div className="toolbar">
        <div className="choices" role="group" aria-label="What failed">
          {failureKinds.map((each) => (
            <button
              key={each}
              type="button"
              className="button"
              aria-pressed={kind?.includes(each) ?? false}
              onClick={() => change({ kind: kind?.includes(each) ? undefined : [each] })}
            >
              {kinds[each]}
            </button>
          ))}
          <button
            type="button"
            className="button"
            aria-pressed={fresh ?? false}
            title="Only causes that the window before did not have"
            onClick={() => change({ fresh: fresh ? undefined : true })}
          >
            New causes
          </button>
        </div>
        <Filters
          filters={filters}
          set={{ name, text }}
          window={window}
          change={(param, values) => change({ [param]: values })}
        />
      </div>
      <Answered of={failures} rows={12}>
        {({ data, page, note, asOf }) => (
          <>
            <Bounds page={page} note={note} />
            {data.length === 0 ? (
              <Empty title="Nothing failed">in this window, or nothing that these filters let through.</Empty>
            ) : (
              <Causes causes={data} asOf={asOf} sort={sort ?? '-count'} change={(next) => change({ sort: next })} />
            )}
            {page.groups > data.length && (
              <p className="hint">
                The first {count(data.length)} of {count(page.groups)} causes are shown. Filter to see others.
              </p>
            )}
          </>
        )}
      </Answered>
    </>
  )
}
