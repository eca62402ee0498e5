import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Bounds } from '../components/bounds.tsx'
import { Filters } from '../components/filters.tsx'
import { Panel } from '../components/panel.tsx'
import { count } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import { EdgeTable } from './edge-table.tsx'
import { Graph } from './graph.tsx'
import { levels, type DependenciesSearch } from './search.ts'

const route = getRouteApi('/dependencies')
/** So many edges are read; the picture shows the most frequent of them. */
const EDGES = 250

const words = { job: 'Jobs', function: 'Functions', both: 'Both' } as const
const filters = [
  { param: 'around', label: 'Around job', names: 'job' },
  { param: 'function', label: 'Around function', names: 'function' },
] as const

/** What leads to what in the window, how often and how well, and what is different from the window before. */
export function DependenciesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const window = windowQuery(search)
  const { level = 'job', around, hops, changed } = search
  const found = useQuery({
    queryKey: ['/dependencies', window, { level, around, hops, changed }],
    queryFn: ({ signal }) => {
      const query = {
        ...window,
        level,
        limit: EDGES,
        compareTo: 'previous' as const,
        ...(around !== undefined && { around, hops: hops ?? 1 }),
        ...(changed && { change: ['appeared' as const, 'vanished' as const, 'changed' as const] }),
      }
      return answerOf(client.GET('/dependencies', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })
  const change = (next: Partial<DependenciesSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  return (
    <>
      <ViewHead title="Dependencies" asOf={found.data?.asOf}>
        {found.data && <span className="muted">{count(found.data.page.groups)} edges</span>}
      </ViewHead>
      <div className="toolbar">
        <div className="choices" role="group" aria-label="Which edges">
          {levels.map((each) => (
            <button
              key={each}
              type="button"
              className="button"
              aria-pressed={each === level}
              onClick={() => change({ level: each })}
            >
              {words[each]}
            </button>
          ))}
          <button
            type="button"
            className="button"
            aria-pressed={changed ?? false}
            title="What appeared, vanished, or changed by more than chance since the window before"
            onClick={() => change({ changed: changed ? undefined : true })}
          >
            Changed
          </button>
        </div>
        <Filters
          filters={filters}
          set={{ around: around === undefined ? undefined : [around] }}
          window={window}
          change={(_, values) => change({ around: values?.at(-1), hops: undefined })}
        />
        {around !== undefined && (
          <label className="choice">
            steps
            <select value={hops ?? 1} onChange={(event) => change({ hops: Number(event.target.value) })}>
              {[1, 2, 3, 4, 5].map((steps) => (
                <option key={steps}>{steps}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <Answered of={found} rows={14}>
        {({ data, nodes, page, note, hint }) =>
          data.length === 0 ? (
            <Empty title="Nothing led to anything">
              {hint === undefined
                ? 'in this window, or nothing changed since the one before. Choose a longer window above.'
                : `Nothing has the name ${hint.given}. Known are: ${hint.known.join(', ')}.`}
            </Empty>
          ) : (
            <>
              <Bounds page={page} note={note} />
              <Panel title={around === undefined ? 'Which job leads to which' : `Around ${around}`}>
                <Graph key={`${level} ${around} ${hops}`} edges={data} nodes={nodes} around={around} />
              </Panel>
              <EdgeTable edges={data} />
              {page.groups > data.length && (
                <p className="hint">
                  The {count(data.length)} most frequent of {count(page.groups)} edges are shown. Look around one job to
                  see others.
                </p>
              )}
            </>
          )
        }
      </Answered>
    </>
  )
}
