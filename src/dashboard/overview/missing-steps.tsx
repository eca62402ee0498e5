import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import type { WindowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Arrow } from '../components/arrow.tsx'
import { Ago } from '../components/moment.tsx'
import { Panel } from '../components/panel.tsx'
import { RowParts } from '../components/row-parts.tsx'
import { count } from '../format/numbers.ts'

/** What normally follows and did not, each with the way to its newest tree. */
export function MissingSteps({ window }: { window: WindowQuery }) {
  const missing = useQuery({
    queryKey: ['/missing', 'few', window],
    queryFn: ({ signal }) => answerOf(client.GET('/missing', { params: { query: { ...window, limit: 6 } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel title="Missing steps" aside={<Link to="/missing">All missing steps</Link>}>
      <Answered of={missing} rows={6}>
        {({ data, asOf, learnt, note }) =>
          data.length === 0 ? (
            <Empty title={learnt.edges === 0 ? 'Nothing could be learnt yet' : 'Nothing is missing'}>
              {note ??
                (learnt.edges === 0
                  ? 'What normally follows is learnt from the week before.'
                  : 'Whatever normally follows did so.')}
            </Empty>
          ) : (
            <ul className="rows" data-steady>
              {data.map(({ source, target, missing: times, lastMissing, samples: [sample] }) => (
                <li key={`${source.name} ${target.name}`}>
                  <Link
                    to="/trees/$id"
                    params={{ id: sample?.invocationId ?? '' }}
                    search={{ selected: sample?.id }}
                    className="row-link"
                  >
                    <RowParts
                      main={
                        <>
                          <span className="name">{source.name}</span> <Arrow to="right" />{' '}
                          <span className="name">{target.name}</span>
                        </>
                      }
                      figure={`${count(times)} ×`}
                      end={<Ago at={lastMissing} asOf={asOf} />}
                    />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Panel>
  )
}
