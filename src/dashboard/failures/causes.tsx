import type { components } from '../../client/client.ts'
import { Delta } from '../components/delta.tsx'
import { Samples } from '../components/samples.tsx'
import { SortHead } from '../components/sort-head.tsx'
import { count } from '../format/numbers.ts'
import type { FailuresSearch } from './search.ts'

type Failure = components['schemas']['Failure']
type Sort = NonNullable<FailuresSearch['sort']>

const words = { job: 'job', event: 'handler', function: 'function' } as const

/** One row a cause: how often, since when, in how many trees, and the way to the newest of them. */
export function Causes({
  causes,
  asOf,
  sort,
  change,
}: {
  causes: readonly Failure[]
  asOf: string
  sort: Sort
  change: (sort: Sort) => void
}) {
  return (
    <div className="table-scroll panel" data-steady>
      <table className="stacked">
        <thead>
          <tr>
            <SortHead label="What failed, and why" by="name" sort={sort} change={change} />
            <SortHead label="Times" by="-count" sort={sort} change={change} number />
            <SortHead label="Trees" by="-trees" sort={sort} change={change} number />
            <SortHead label="Newest trees" by="-lastSeen" sort={sort} change={change} />
          </tr>
        </thead>
        <tbody>
          {causes.map((cause) => (
            <tr key={`${cause.kind} ${cause.name} ${cause.cause}`}>
              <td>
                <span className="name">{cause.name}</span>{' '}
                <span className={cause.kind === 'event' ? 'tag status-crashed' : 'tag'}>
                  {cause.kind === 'event' ? 'crashed' : words[cause.kind]}
                </span>{' '}
                {cause.new === true && <span className="tag tag-new">new</span>}
                <span className="cause">{cause.cause === '' ? 'without a message' : cause.cause}</span>
              </td>
              <td className="number" data-label="Times">
                {count(cause.count)}{' '}
                <Delta
                  now={cause.count}
                  before={cause.previousCount === 0 ? undefined : cause.previousCount}
                  worse="up"
                />
              </td>
              <td className="number" data-label="Trees">
                {cause.trees === null ? 'many' : count(cause.trees)}
              </td>
              <td data-label="Newest trees">
                <Samples samples={cause.samples} asOf={asOf} told={`a tree in which ${cause.name} failed`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
