import { count, duration, percent } from '../../format/numbers.ts'
import { endOf } from '../waterfall/bars.ts'
import type { Missing } from '../model/missing.ts'
import type { Row } from '../model/rows.ts'
import type { Step } from '../model/step.ts'

/** Levels that are drawn as branches; deeper ones say how deep they are, for a chain of 5,000 would else take 25 million characters. */
const DRAWN_LEVELS = 40

/** The rows as lines of text, one each, with their branches drawn. `now`: ms since 1970, until when what runs lasts. */
export function textLines(steps: readonly Step[], rows: readonly Row[], now: number): string[] {
  const top = rows[0]?.kind === 'step' ? rows[0].step.depth : 0
  return rows.map((row) => {
    if (row.kind === 'step') return branchesOf(steps, row.step, top, row.step.depth) + stepText(row.step, now)
    const branches = branchesOf(steps, row.parent, top, row.parent.depth + 1, true)
    return branches + otherText(row)
  })
}

/** What a row that is no step says. */
export function otherText(row: Exclude<Row, { kind: 'step' }>): string {
  if (row.kind === 'missing') return missingText(row.missing)
  return row.kind === 'rest' ? `${moreText(row.more)}, not read yet` : `+ ${count(row.hidden)} more`
}

/** `job capture-payment  failed  380 ms  "card declined"`. */
export function stepText(step: Step, now: number): string {
  const end = endOf(step, now)
  const parts = [
    `${step.kind === 'job' ? 'job ' : ''}${oneLine(step.name)}`,
    stateText(step),
    step.startMs === null || end === null ? '' : duration(end - step.startMs),
    step.waitsFromMs === null || step.startMs === null
      ? ''
      : `after ${duration(step.startMs - step.waitsFromMs)} of waiting`,
    step.failed && step.message !== null ? JSON.stringify(step.message) : '',
    step.more === null ? '' : moreText(step.more),
    step.cycle ? 'its own descendant' : '',
    step.id,
  ]
  return parts.filter((part) => part !== '').join('  ')
}

/** `did not run: job pay (it follows 99 % of 412 such runs)`. */
export function missingText({ kind, name, confidence, support }: Missing): string {
  return `did not run: ${kind === 'job' ? 'job ' : ''}${oneLine(name)} (it follows ${percent(confidence)} of ${count(support)} such runs)`
}

/** The status of a step in words, with what it does not tell by itself. */
export function stateText({ status, stale, crashedIn }: Step): string {
  return `${status}${stale ? ' (stale)' : ''}${crashedIn === null ? '' : `, crashed in ${oneLine(crashedIn)}`}`
}

/** What the service left out below a step: `+ 4,212 more invocations`. */
export function moreText({ invocations, jobs }: NonNullable<Step['more']>): string {
  const counts = [
    ...(invocations === undefined ? [] : [`${count(invocations)} more invocations`]),
    ...(jobs === undefined ? [] : [`${count(jobs)} more jobs`]),
  ]
  return `+ ${counts.join(', ')}`
}

/** The branches that lead to a step at `depth`: `│  ├─ `. `behind`: of the line behind the last child of `step` that is shown. */
function branchesOf(steps: readonly Step[], step: Step, top: number, depth: number, behind = false): string {
  if (depth === top) return ''
  if (depth - top > DRAWN_LEVELS) return `${'   '.repeat(DRAWN_LEVELS)}… level ${depth - top}: `
  const branches = [behind || isLast(steps, step) ? '└─ ' : '├─ ']
  let above = behind ? step : steps[step.parent]
  for (; above !== undefined && above.depth > top; above = steps[above.parent])
    branches.push(isLast(steps, above) ? '   ' : '│  ')
  return branches.reverse().join('')
}

/** Does nothing come after it below the same parent? */
function isLast(steps: readonly Step[], { parent, end }: Step): boolean {
  return steps[parent]?.end === end
}

function oneLine(text: string): string {
  return /^[\x20-\x7e\u00a0-\u{10ffff}]*$/u.test(text) ? text : JSON.stringify(text)
}
