import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import type { WindowQuery } from '../ask/window.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Moment } from '../components/moment.tsx'
import { Panel } from '../components/panel.tsx'
import { Status } from '../components/status.tsx'
import { duration } from '../format/numbers.ts'
import type { JobsSearch, StatsKind } from './search.ts'

/** One run as a row, of whichever kind. */
interface Run {
  id: string
  invocationId: string
  at: string
  status: string
  stale: boolean
  crashed: boolean
  durationMs: number | null
  message: string | null
}

/** The newest runs of one name, or its stale ones of all time. */
export function RunsOf({
  of,
  name,
  stale,
  window,
  close,
  change,
}: {
  of: StatsKind
  name: string
  stale: boolean
  window: WindowQuery
  close: () => void
  change: (next: Partial<JobsSearch>) => void
}) {
  const runs = useQuery({
    queryKey: ['runs', of, name, stale, window],
    queryFn: ({ signal }) => runsOf(of, name, stale, window, signal),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel
      title={
        <>
          {name} <span className="muted">{stale ? 'stale runs, of all time' : 'newest runs'}</span>
        </>
      }
      aside={
        <div className="actions">
          <button
            type="button"
            className="button"
            aria-pressed={stale}
            onClick={() => change({ stale: stale ? undefined : true })}
          >
            Stale
          </button>
          {of === 'jobs' && (
            <Link className="button" to="/failures" search={{ name: [name] }}>
              Failures
            </Link>
          )}
          {of !== 'events' && (
            <Link className="button" to="/dependencies" search={{ around: name }}>
              Neighbours
            </Link>
          )}
          <button type="button" className="button" onClick={close}>
            Close
          </button>
        </div>
      }
    >
      <Answered of={runs} rows={8}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={stale ? 'None is stale' : 'It did not run in this window'} />
          ) : (
            <div className="table-scroll" data-steady>
              <table>
                <tbody>
                  {rows.map((run) => (
                    <tr key={run.id}>
                      <td>
                        <Link to="/trees/$id" params={{ id: run.invocationId }} search={{ selected: run.id }}>
                          <Moment at={run.at} />
                        </Link>
                      </td>
                      <td>
                        <Status status={run.status} stale={run.stale} crashed={run.crashed} />
                      </td>
                      <td className="number">{duration(run.durationMs)}</td>
                      <td className="run-message">{run.message}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answered>
    </Panel>
  )
}

async function runsOf(
  of: StatsKind,
  name: string,
  stale: boolean,
  window: WindowQuery,
  signal: AbortSignal,
): Promise<Run[]> {
  const span = { ...(stale ? { stale: true } : window), limit: 12 }
  if (of === 'functions') {
    const query = { ...span, sourceFunction: [name] }
    const { data } = await answerOf(client.GET('/invocations', { params: { query }, signal }))
    return data.map(({ id, createdAt, status, stale, crashed, crash, durationMs, errorMessage }) => {
      const message = errorMessage ?? crash?.message ?? null
      return { id, invocationId: id, at: createdAt, status, stale, crashed, durationMs, message }
    })
  }
  const query = { ...span, name: [name] }
  if (of === 'events') {
    const { data } = await answerOf(client.GET('/events', { params: { query }, signal }))
    return data.map(({ id, invocationId, createdAt: at, status, stale, handlerDurationMs: durationMs, ...row }) => {
      return { id, invocationId, at, status, stale, crashed: false, durationMs, message: row.errorMessage }
    })
  }
  const { data } = await answerOf(client.GET('/jobs', { params: { query }, signal }))
  return data.map(({ id, invocationId, startedAt, status, stale, durationMs, errorMessage }) => {
    return { id, invocationId, at: startedAt, status, stale, crashed: false, durationMs, message: errorMessage }
  })
}
