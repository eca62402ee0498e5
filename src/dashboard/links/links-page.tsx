import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Moment } from '../components/moment.tsx'
import { ViewHead } from '../shell/view-head.tsx'
import { KnownShare } from './known-share.tsx'
import { keptStates, type KeptState } from './search.ts'

const route = getRouteApi('/links')

const states: Record<KeptState, { tone: string; what: string }> = {
  recovered: { tone: 'ok', what: 'The payload names a job that is there; shown as a link' },
  mended: { tone: 'ok', what: 'Written into source_job_id' },
  undone: { tone: 'neutral', what: 'Taken back by a person' },
  ambiguous: { tone: 'stale', what: 'The named job had ended long before' },
  pending: { tone: 'running', what: 'The row of the named job may still arrive' },
  severed: { tone: 'failed', what: 'The named job is gone, or never came' },
}

/** How many links are known, what the service found of those that the writer lost, and what mending would gain. */
export function LinksPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const window = windowQuery(search)
  const { state } = search
  const links = useQuery({
    queryKey: ['/links', window, state],
    queryFn: ({ signal }) =>
      answerOf(client.GET('/links', { params: { query: { ...window, limit: 200, ...(state && { state }) } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <ViewHead title="Links" asOf={links.data?.asOf} />
      <KnownShare />
      <div className="toolbar choices" role="group" aria-label="State">
        {keptStates.map((each) => (
          <button
            key={each}
            type="button"
            className="button"
            title={states[each].what}
            aria-pressed={state?.includes(each) ?? false}
            onClick={() =>
              void navigate({
                search: (before) => ({ ...before, state: before.state?.includes(each) ? undefined : [each] }),
                replace: true,
              })
            }
          >
            {each}
          </button>
        ))}
      </div>
      <Answered of={links} rows={10}>
        {({ data, page }) =>
          data.length === 0 ? (
            <Empty title="No link was lost">in this window, or none in this state.</Empty>
          ) : (
            <>
              <div className="table-scroll panel" data-steady>
                <table className="stacked">
                  <thead>
                    <tr>
                      <th>Invocation</th>
                      <th>State</th>
                      <th>Job that its payload names</th>
                      <th>Decided</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.map((link) => (
                      <tr key={link.invocationId}>
                        <td>
                          <Link
                            to="/trees/$id"
                            params={{ id: link.invocationId }}
                            search={{ selected: link.invocationId }}
                          >
                            <Moment at={link.createdAt} />
                          </Link>
                        </td>
                        <td data-label="State">
                          <span className={`status status-${states[link.state].tone}`} title={states[link.state].what}>
                            {link.state}
                          </span>
                        </td>
                        <td data-label="Job">
                          {link.state === 'severed' || link.state === 'pending' ? (
                            <code>{link.jobId}</code>
                          ) : (
                            <Link to="/trees/$id" params={{ id: link.jobId }} search={{ selected: link.jobId }}>
                              <code>{link.jobId}</code>
                            </Link>
                          )}
                        </td>
                        <td data-label="Decided">
                          <Moment at={link.decidedAt} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {page.nextCursor !== null && (
                <p className="hint">The newest {data.length} are shown. Choose a shorter window to see others.</p>
              )}
            </>
          )
        }
      </Answered>
    </>
  )
}
