import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { answerOf, client } from '../ask/client.ts'
import { bucketOf, lengthOf, windowQuery } from '../ask/window.ts'
import { SeriesChart } from '../chart/series-chart.tsx'
import { Answered, Empty } from '../components/answered.tsx'
import { Bounds } from '../components/bounds.tsx'
import { Panel } from '../components/panel.tsx'
import { ViewHead } from '../shell/view-head.tsx'
import { LinksPanel } from './links-panel.tsx'
import { MissingSteps } from './missing-steps.tsx'
import { NewestFailures } from './newest-failures.tsx'
import { SlowestJobs } from './slowest-jobs.tsx'
import { Stuck } from './stuck.tsx'
import { Tiles } from './tiles.tsx'

/** What happened in the window, what failed, what is slow, stuck or lost: where to begin. */
export function OverviewPage() {
  const search = useSearch({ from: '__root__' })
  const navigate = useNavigate()
  const window = windowQuery(search)
  const totals = useQuery({
    queryKey: ['/totals', window],
    queryFn: ({ signal }) => {
      const query = {
        ...window,
        bucket: bucketOf(lengthOf(search, Date.parse(new Date().toISOString()))),
        compareTo: 'previous' as const,
      }
      return answerOf(client.GET('/totals', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })
  const choose = useCallback(
    (from: string, to: string) => void navigate({ to: '.', search: { from, to, window: undefined } }),
    [navigate],
  )
  return (
    <>
      <ViewHead title="Overview" asOf={totals.data?.asOf} />
      <Answered of={totals} rows={8}>
        {({ data, note, window: counted, links }) => (
          <>
            <Bounds page={{ ...counted, groupsCut: false }} note={note} />
            <Tiles data={data} links={links} />
            <Panel title="Invocations over time" wide>
              {data.invocations.runs === 0 ? (
                <Empty title="No invocation in this window">
                  Choose a longer window above. Rows of a writer that was connected just now come within seconds.
                </Empty>
              ) : (
                <SeriesChart points={data.invocations.series ?? []} choose={choose} />
              )}
            </Panel>
          </>
        )}
      </Answered>
      <div className="panels overview-panels">
        <NewestFailures window={window} />
        <SlowestJobs window={window} />
        <Stuck />
        <MissingSteps window={window} />
        <LinksPanel links={totals.data?.links} asOf={totals.data?.asOf} />
      </div>
    </>
  )
}
