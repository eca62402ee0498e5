import type { Mistake } from '../mistake.ts'
import { personalFields } from './personal-field.ts'

/** One path of REDACT: its text, and its steps in lower case, the first a field. `*` stands for any key or place. */
export interface Redaction {
  path: string
  steps: readonly string[]
}

/** REDACT=none: an empty variable counts as unset, and would bring the default back. */
const NONE = 'none'
const MAX_STEPS = 32
// No [ and ]: somebody who writes lines[0].price means another language of paths, and would be left without what they asked for.
const STEP = /^(\*|[^*[\]\s]+)$/

/** The paths of REDACT, separated by commas, and those among them that are malformed. */
export function redactionsOf(text: string): { redactions: Redaction[]; wrong: string[] } {
  const paths = text.trim() === NONE ? [] : text.split(',').map((path) => path.trim())
  const right = (path: string): boolean => {
    const steps = path.split('.')
    return (
      personalFields.some((field) => field === steps[0]) &&
      steps.length <= MAX_STEPS &&
      steps.every((step) => STEP.test(step))
    )
  }
  return {
    redactions: paths
      .filter(right)
      .map((path) => ({ path, steps: path.split('.').map((step, at) => (at === 0 ? step : step.toLowerCase())) })),
    wrong: paths.filter((path) => !right(path)),
  }
}

/** What is wrong with REDACT, for the configuration; nothing where it is unset. */
export function redactionMistakes(given: string | undefined): Mistake[] {
  const { wrong } = redactionsOf(given ?? NONE)
  const allowed = `none, or paths with commas between, such as payload.event.data.new.ssn or payload.lines.*.price, that begin with one of ${personalFields.join(', ')}`
  return wrong.length === 0 ? [] : [{ parameter: 'REDACT', given: wrong.join(','), allowed }]
}
