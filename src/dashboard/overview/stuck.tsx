import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Ago } from '../components/moment.tsx'
import { Panel } from '../components/panel.tsx'
import { RowParts } from '../components/row-parts.tsx'
import { count } from '../format/numbers.ts'

/** What says that it runs while nothing does, over all time: the jobs, by name. */
export function Stuck() {
  const jobs = useQuery({
    queryKey: ['/jobs/stats', 'stuck'],
    queryFn: ({ signal }) =>
      answerOf(client.GET('/jobs/stats', { params: { query: { window: '1h', sort: '-stuckNow', limit: 6 } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel title="Stuck runs" aside={<span>of all time</span>}>
      <Answered of={jobs} rows={6}>
        {({ data, asOf }) => {
          const stuck = data.filter(({ stuckNow }) => stuckNow > 0)
          return stuck.length === 0 ? (
            <Empty title="Nothing is stuck">Every job that says that it runs gives signs of life.</Empty>
          ) : (
            <ul className="rows" data-steady>
              {stuck.map(({ name, stuckNow, stuckSince }) => (
                <li key={name}>
                  <Link to="/jobs" search={{ name, stale: true }} className="row-link">
                    <RowParts
                      main={<span className="name">{name}</span>}
                      figure={<span className="status-stale">{count(stuckNow)} stale</span>}
                      end={stuckSince !== null && <Ago at={stuckSince} asOf={asOf} />}
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
