import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Arrow } from '../components/arrow.tsx'
import { Bounds } from '../components/bounds.tsx'
import { Samples } from '../components/samples.tsx'
import { count, duration, percent } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'

/** What normally follows, and did not in this window. */
export function MissingPage() {
  const window = windowQuery(useSearch({ from: '__root__' }))
  const missing = useQuery({
    queryKey: ['/missing', window],
    queryFn: ({ signal }) => answerOf(client.GET('/missing', { params: { query: { ...window, limit: 100 } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <ViewHead title="Missing steps" asOf={missing.data?.asOf} />
      <Answered of={missing} rows={10}>
        {({ data, learnt, page, note, asOf }) => (
          <>
            <Bounds page={page} note={note} />
            <p className="hint view-lead" hidden={learnt.edges === 0}>
              {count(learnt.edges)} steps normally follow another one, as the {duration(learnt.lengthMs)} before this
              window show{learnt.sampled ? ' (of which only the newest part was looked at)' : ''}.
            </p>
            {data.length === 0 ? (
              <Empty title={learnt.edges === 0 ? 'Nothing could be learnt' : 'Nothing is missing'}>
                {learnt.edges === 0
                  ? 'No step followed another one often enough before this window. Choose a window after a week of rows.'
                  : 'Whatever normally follows did so in this window.'}
              </Empty>
            ) : (
              <div className="table-scroll panel" data-steady>
                <table className="stacked">
                  <thead>
                    <tr>
                      <th>What did not follow</th>
                      <th className="number">Missing</th>
                      <th className="number">Normally</th>
                      <th className="number">Within</th>
                      <th className="number">Late</th>
                      <th className="number">May be lost links</th>
                      <th>Newest trees</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.map((edge) => (
                      <tr key={`${edge.source.kind} ${edge.source.name} ${edge.target.kind} ${edge.target.name}`}>
                        <td>
                          <span className="name">{edge.source.name}</span> <Arrow to="right" />{' '}
                          <span className="name">{edge.target.name}</span>
                        </td>
                        <td className="number" data-label="Missing">
                          <span className="status-failed">{count(edge.missing)}</span>{' '}
                          <span className="muted">of {count(edge.runs - edge.notJudged)}</span>
                        </td>
                        <td className="number" data-label="Normally">
                          {percent(edge.confidence)} <span className="muted">of {count(edge.support)}</span>
                        </td>
                        <td className="number" data-label="Within">
                          {duration(edge.lagP99Ms)}
                        </td>
                        <td className="number" data-label="Late">
                          {count(edge.late)}
                        </td>
                        <td className="number" data-label="May be lost links">
                          {edge.severed === null ? '–' : count(edge.severed)}
                        </td>
                        <td data-label="Newest trees">
                          <Samples
                            samples={edge.samples.slice(0, 3)}
                            asOf={asOf}
                            told={`a tree in which ${edge.target.name} did not follow ${edge.source.name}`}
                          />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Answered>
    </>
  )
}
