import type { Difference } from '../../domain/compare/differences.ts'
import { nameText } from '../../domain/name-text.ts'
import type { Compared } from '../../reading/tree/comparison.ts'
import type { Place } from '../../reading/tree/findings.ts'
import { cutText } from './cut-text.ts'
import { rootText } from './link-text.ts'

/** How a tree differs as text: the verdict, a line for each difference, and both shapes. */
export function* comparisonLines(found: Compared, place: Place): Generator<string> {
  const { verdict, differences, shape, otherShape, sameShape, baseline } = found
  yield `${verdict}\n`
  if (differences.count > 0) yield '\n'
  for (const each of differences.data) yield `${differenceText(each)}\n`
  if (differences.count > differences.data.length) yield `… ${differences.count - differences.data.length} more\n`
  yield `\nthis tree: ${shape.line}  ${shape.hash}\n`
  if (otherShape !== null && sameShape === false) yield `${other(found)}: ${otherShape.line}  ${otherShape.hash}\n`
  if (baseline !== null) yield `baseline: ${baseline.trees} trees, ${baseline.ofShape} of the usual shape\n`
  for (const told of [cutText(place.truncated), rootText(place)]) if (told !== '') yield `${told}\n`
}

function other(found: Compared): string {
  return found.with === null ? 'usual' : 'other tree'
}

function differenceText({
  kind,
  of,
  name,
  path,
  times,
  otherTimes,
  seenIn,
  outOf,
  durationMs,
  p95Ms,
  id,
  status,
}: Difference): string {
  const parts = [
    kind,
    `${of} ${nameText(name)}`,
    path.length > 1 ? `below ${path.slice(0, -1).map(nameText).join(' → ')}` : '',
    kind === 'failed' ? (status === 'completed' ? 'crashed' : (status ?? '')) : '',
    kind === 'slower' ? `${durationMs} ms, p95 ${p95Ms} ms` : '',
    (kind === 'missing' || kind === 'extra') && otherTimes !== null ? `${times} instead of ${otherTimes}` : '',
    (kind === 'missing' || kind === 'extra') && otherTimes === null ? `in ${seenIn} of ${outOf} trees` : '',
    id,
  ]
  return parts.filter((part) => part !== '').join('  ')
}
