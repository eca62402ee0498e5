import type { components } from '../../client/client.ts'
import { count } from '../format/numbers.ts'
import type { Rest } from './ask/rest.ts'
import type { Levels } from './ask/tree.ts'

/** Levels that are asked for on demand: the most that the service gives by default. */
const ALL_LEVELS = 100_000

const cutBy = { 'max-nodes': 'invocations', 'max-depth': 'levels', 'max-jobs': 'jobs of one invocation' }

/** Says that a tree is not shown as a whole, why, and how to see more of it. */
export function CutNote({
  truncated: { reason, limit },
  rest: { added, failure },
  loadLevels,
}: {
  truncated: components['schemas']['Truncated']
  rest: Rest
  loadLevels: (levels: Levels) => void
}) {
  return (
    <>
      <p className="note">
        This tree is larger than one answer: it was cut at {count(limit)} {cutBy[reason]}.
        {added > 0 && ` ${count(added)} more invocations were read since.`}
        {reason === 'max-nodes' && ' “Read + …” below a step, or the key m, reads what was left out there.'}{' '}
        {reason === 'max-depth' && limit < ALL_LEVELS && (
          <button type="button" className="button-link" onClick={() => loadLevels(ALL_LEVELS)}>
            Load all levels
          </button>
        )}
      </p>
      {failure !== null && (
        <p className="note note-failed" role="alert">
          The next invocations could not be read: {failure}
        </p>
      )}
    </>
  )
}
