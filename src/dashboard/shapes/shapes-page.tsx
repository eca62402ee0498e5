import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Bounds } from '../components/bounds.tsx'
import { Filters, type Filter } from '../components/filters.tsx'
import { count } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import type { ShapesSearch } from './search.ts'
import { ShapesTable } from './shapes-table.tsx'

const route = getRouteApi('/shapes')
const filters: readonly Filter[] = [{ param: 'rootFunction', label: 'Begins with', names: 'function' }]

/** The trees of the window by their structure: how many, how they came out, how long they took. */
export function ShapesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const window = windowQuery(search)
  const { rootFunction, sort = '-trees' } = search
  const shapes = useQuery({
    queryKey: ['/shapes', window, { rootFunction, sort }],
    queryFn: ({ signal }) => {
      const query = { ...window, sort, limit: 100, ...(rootFunction && { rootFunction }) }
      return answerOf(client.GET('/shapes', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })
  const change = (next: Partial<ShapesSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  return (
    <>
      <ViewHead title="Shapes" asOf={shapes.data?.asOf}>
        {shapes.data && <span className="muted">{count(shapes.data.page.groups)} shapes</span>}
      </ViewHead>
      <div className="toolbar">
        <Filters
          filters={filters}
          set={{ rootFunction }}
          window={window}
          change={(param, values) => change({ [param]: values })}
        />
      </div>
      <Answered of={shapes} rows={12}>
        {({ data, page, note, leftOut, asOf }) => (
          <>
            <Bounds page={page} note={note} />
            <p className="hint view-lead">
              Trees of the same functions and jobs have the same shape.
              {leftOut.open > 0 && ` ${count(leftOut.open)} trees are not over yet, or stale, and are left out.`}
              {leftOut.tooLarge > 0 && ` ${count(leftOut.tooLarge)} are too large to be compared.`}
            </p>
            {data.length === 0 ? (
              <Empty title="No tree ended">in this window, or none that these filters let through.</Empty>
            ) : (
              <ShapesTable shapes={data} asOf={asOf} sort={sort} change={(next) => change({ sort: next })} />
            )}
          </>
        )}
      </Answered>
    </>
  )
}
