import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { count } from '../format/numbers.ts'
import { Status } from './status.tsx'

type Schemas = components['schemas']

/** What a tree is and how it came out: its root, its status, what failed first in it, and what normally follows and did not. */
export function FoundTree({
  tree,
}: {
  tree: Pick<Schemas['FoundTree'], 'root' | 'status' | 'failures'> & { missing?: Schemas['MissedSteps'] | null }
}) {
  const { root, status, failures, missing } = tree
  const others = failures.count - failures.data.length
  return (
    <>
      <Link to="/trees/$id" params={{ id: root.id }} className="name">
        {root.sourceFunction}
      </Link>{' '}
      <Status status={status} stale={status === 'stale'} />
      {failures.data.map((failure) => (
        <span key={failure.id} className="cause">
          <Link to="/trees/$id" params={{ id: failure.invocationId }} search={{ selected: failure.id }}>
            {failure.name}
          </Link>{' '}
          {failure.kind === 'event' ? 'crashed' : 'failed'}
          {failure.errorMessage !== null && `: ${failure.errorMessage}`}
        </span>
      ))}
      {others > 0 && <span className="cause">and {count(others)} more failures</span>}
      {missing?.data.map(({ id, target }) => (
        <span key={`${id} ${target.name}`} className="cause">
          <span className="status-failed">{target.name} did not run</span>, which normally follows
        </span>
      ))}
    </>
  )
}
