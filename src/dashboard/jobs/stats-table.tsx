import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { Delta } from '../components/delta.tsx'
import { Ago } from '../components/moment.tsx'
import { SortHead } from '../components/sort-head.tsx'
import { Sparkline } from '../components/sparkline.tsx'
import { count, duration, percent } from '../format/numbers.ts'
import type { JobsSearch, StatsSort } from './search.ts'

type Stats = components['schemas']['Stats']

/** One row a name, sorted by the service. */
export function StatsTable({
  stats,
  asOf,
  sort,
  selected,
  change,
}: {
  stats: readonly Stats[]
  asOf: string
  sort: string
  selected: string | undefined
  change: (next: Partial<JobsSearch>) => void
}) {
  const head = { sort, change: (by: StatsSort) => change({ sort: by }) }
  return (
    <div className="table-scroll panel" data-steady>
      <table className="stacked">
        <thead>
          <tr>
            <SortHead label="Name" by="name" {...head} />
            <SortHead label="Runs" by="-runs" number {...head} />
            <th>Over time</th>
            <SortHead label="Failed" by="-failureRate" number {...head} />
            <SortHead label="p50" by="-p50" number {...head} />
            <SortHead label="p95" by="-p95" number {...head} />
            <SortHead label="Total time" by="-totalMs" number {...head} />
            <SortHead label="Stuck" by="-stuckNow" number {...head} />
          </tr>
        </thead>
        <tbody>
          {stats.map((each) => (
            <tr key={each.name} className={each.name === selected ? 'selected' : undefined}>
              <td>
                <Link
                  from="/jobs"
                  to="/jobs"
                  search={(before) => ({ ...before, name: each.name, stale: undefined })}
                  className="name"
                >
                  {each.name}
                </Link>
                {each.neverFired && <span className="tag tag-new"> did not run</span>}
              </td>
              <td className="number" data-label="Runs">
                {count(each.runs)} <Delta now={each.runs} before={each.previous?.runs} />
              </td>
              <td>
                <Sparkline points={each.series ?? []} label={`Runs of ${each.name} over time`} />
              </td>
              <td className="number" data-label="Failed">
                <span className={each.failed > 0 ? 'status-failed' : 'muted'}>{percent(each.failureRate)}</span>{' '}
                <span className="muted">{count(each.failed)}</span>
              </td>
              <td className="number" data-label="p50">
                {duration(each.durationMs?.p50)}
              </td>
              <td className="number" data-label="p95">
                {duration(each.durationMs?.p95)}{' '}
                <Delta now={each.durationMs?.p95 ?? null} before={each.previous?.durationMs?.p95} worse="up" />
              </td>
              <td className="number" data-label="Total time">
                {duration(each.totalMs)}
              </td>
              <td className="number" data-label="Stuck">
                {each.stuckNow > 0 && each.stuckSince !== null ? (
                  <Link
                    from="/jobs"
                    to="/jobs"
                    search={(before) => ({ ...before, name: each.name, stale: true })}
                    className="status-stale"
                  >
                    {count(each.stuckNow)}, since <Ago at={each.stuckSince} asOf={asOf} />
                  </Link>
                ) : (
                  <span className="muted">0</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
