import { nameText } from '../name-text.ts'
import type { Difference } from './differences.ts'

interface Found {
  differences: readonly Difference[]
  /** Something in it runs or is stale. */
  open: boolean
  complete: boolean
  /** Why it could not be compared with what is usual. */
  note: string | undefined
  /** It was compared with another tree. */
  compared: boolean
}

/** How a tree differs, in one sentence for a person. */
export function comparisonVerdict({ differences, open, complete, note, compared }: Found): string {
  const of = (kind: Difference['kind']) => differences.filter((each) => each.kind === kind)
  const parts = [
    differences.length === 0 && (compared || note === undefined) ? 'nothing differs' : '',
    firstOf(of('missing'), missingText),
    firstOf(of('failed'), ({ of: what, name }) => `${what} ${nameText(name)} failed`),
    firstOf(of('slower'), slowText),
    firstOf(of('extra'), ({ of: what, name }) => `${what} ${nameText(name)} ran, which is not usual there`),
    open && of('missing').length > 0 ? 'it is not over, so what is missing may still come' : '',
    complete ? '' : 'a tree was cut, so this is said of the part that was read',
    note ?? '',
  ]
  const text = parts.filter((part) => part !== '').join('; ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

/** `job pay failed, and 2 more`. */
function firstOf(found: readonly Difference[], text: (first: Difference) => string): string {
  const [first] = found
  if (!first) return ''
  return `${text(first)}${found.length > 1 ? `, and ${found.length - 1} more` : ''}`
}

function missingText({ of, name, path, times, otherTimes, seenIn, outOf }: Difference): string {
  const above = path.at(-2)
  const where = above === undefined ? '' : ` below ${nameText(above)}`
  const usual =
    otherTimes !== null
      ? `the other tree has it ${otherTimes} times, this one ${times}`
      : `${seenIn} of ${outOf} trees have it`
  return `${of} ${nameText(name)} is missing${where} (${usual})`
}

function slowText({ of, name, durationMs, p95Ms }: Difference): string {
  return `${of} ${nameText(name)} took ${durationMs} ms, where p95 is ${p95Ms} ms`
}
