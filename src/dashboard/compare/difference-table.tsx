import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { count, duration } from '../format/numbers.ts'
import { Arrow } from '../components/arrow.tsx'

type Difference = components['schemas']['Difference']

const tones: Record<Difference['kind'], string> = {
  missing: 'tag tag-new',
  failed: 'tag tag-new',
  slower: 'tag status-stale',
  extra: 'tag',
}

/** One row a place at which the tree differs, each leading to it. */
export function DifferenceTable({
  differences: { count: all, data },
  rootId,
  withTree,
}: {
  differences: components['schemas']['Differences']
  rootId: string
  /** Compared with a tree, and not with what is usual. */
  withTree: boolean
}) {
  return (
    <>
      <div className="table-scroll panel" data-steady>
        <table className="stacked">
          <thead>
            <tr>
              <th>What differs</th>
              <th>Below</th>
              <th>Here</th>
              <th>{withTree ? 'In the other tree' : 'Usually'}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((each) => (
              <tr key={`${each.kind} ${each.of} ${each.path.join(' ')} ${each.id}`}>
                <td>
                  <span className={tones[each.kind]}>{each.kind}</span>{' '}
                  <Link to="/trees/$id" params={{ id: rootId }} search={{ selected: each.id }} className="name">
                    {each.name}
                  </Link>{' '}
                  <span className="muted">{each.of}</span>
                </td>
                <td data-label="Below" className="muted">
                  {each.path.length === 1 && 'nothing: it is the start'}
                  {each.path.slice(0, -1).map((name, nth) => (
                    // A name may stand in a path more than once.
                    <span key={`${String(nth)} ${name}`}>
                      {nth > 0 && <Arrow to="right" />} {name}{' '}
                    </span>
                  ))}
                </td>
                <td data-label="Here">{hereOf(each)}</td>
                <td data-label={withTree ? 'There' : 'Usually'}>{elsewhereOf(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all > data.length && (
        <p className="hint">
          The first {count(data.length)} of {count(all)} differences are shown.
        </p>
      )}
    </>
  )
}

function hereOf({ kind, status, times, durationMs }: Difference): string {
  if (kind === 'missing' && times === 0) return 'not there'
  const ran = kind === 'slower' || kind === 'failed' ? (status ?? '') : `${count(times)} ×`
  return durationMs === null ? ran : `${ran}, ${duration(durationMs)}`
}

/** What failed is compared with nothing. */
function elsewhereOf({ kind, otherTimes, seenIn, outOf, p95Ms }: Difference): string {
  if (kind === 'failed') return '–'
  if (kind === 'slower') return p95Ms === null ? '–' : `p95 ${duration(p95Ms)}`
  if (otherTimes !== null) return otherTimes === 0 ? 'not there' : `${count(otherTimes)} ×`
  if (seenIn === null || outOf === null) return '–'
  return `in ${count(seenIn)} of ${count(outOf)} trees`
}
