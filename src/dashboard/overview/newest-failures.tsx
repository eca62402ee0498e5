import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import type { WindowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Ago } from '../components/moment.tsx'
import { Panel } from '../components/panel.tsx'
import { RowParts } from '../components/row-parts.tsx'
import { count } from '../format/numbers.ts'

/** The causes that came last, each with the way to its newest tree. */
export function NewestFailures({ window }: { window: WindowQuery }) {
  const failures = useQuery({
    queryKey: ['/failures', 'newest', window],
    queryFn: ({ signal }) =>
      answerOf(client.GET('/failures', { params: { query: { ...window, sort: '-lastSeen', limit: 6 } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel title="Newest causes of failure" aside={<Link to="/failures">All causes</Link>}>
      <Answered of={failures} rows={6}>
        {({ data, asOf }) =>
          data.length === 0 ? (
            <Empty title="Nothing failed">in this window.</Empty>
          ) : (
            <ul className="rows" data-steady>
              {data.map(({ kind, name, cause, count: times, lastSeen, new: isNew, samples: [sample] }) => (
                <li key={`${kind} ${name} ${cause}`}>
                  <Link
                    to="/trees/$id"
                    params={{ id: sample?.invocationId ?? '' }}
                    search={{ selected: sample?.id }}
                    className="row-link"
                  >
                    <RowParts
                      main={
                        <>
                          <span className="name">{name}</span>{' '}
                          {isNew === true && <span className="tag tag-new">new</span>}
                        </>
                      }
                      sub={cause === '' ? 'without a message' : cause}
                      figure={`${count(times)} ×`}
                      end={<Ago at={lastSeen} asOf={asOf} />}
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
