import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import type { WindowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Delta } from '../components/delta.tsx'
import { Panel } from '../components/panel.tsx'
import { RowParts } from '../components/row-parts.tsx'
import { counted, duration } from '../format/numbers.ts'

/** The jobs with the largest p95, against the window before. */
export function SlowestJobs({ window }: { window: WindowQuery }) {
  const jobs = useQuery({
    queryKey: ['/jobs/stats', 'slowest', window],
    queryFn: ({ signal }) =>
      answerOf(
        client.GET('/jobs/stats', {
          params: { query: { ...window, sort: '-p95', limit: 6, compareTo: 'previous' } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel title="Slowest jobs" aside={<Link to="/jobs">All jobs</Link>}>
      <Answered of={jobs} rows={6}>
        {({ data }) => {
          const most = Math.max(1, ...data.map(({ durationMs }) => durationMs?.p95 ?? 0))
          return data.length === 0 ? (
            <Empty title="No job ran">in this window.</Empty>
          ) : (
            <ul className="rows" data-steady>
              {data.map(({ name, runs, durationMs, previous }) => (
                <li key={name}>
                  <Link to="/jobs" search={{ name }} className="row-link">
                    <RowParts
                      main={
                        <>
                          <span className="name">{name}</span>
                          <meter
                            className="meter"
                            min={0}
                            max={most}
                            value={durationMs?.p95 ?? 0}
                            aria-label={`p95 of ${name}`}
                          />
                        </>
                      }
                      figure={
                        <>
                          {duration(durationMs?.p95)}{' '}
                          <Delta now={durationMs?.p95 ?? null} before={previous?.durationMs?.p95} worse="up" />
                        </>
                      }
                      end={counted(runs, 'run')}
                    />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }}
      </Answered>
    </Panel>
  )
}
