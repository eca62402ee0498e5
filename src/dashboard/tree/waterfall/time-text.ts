import { duration } from '../../format/numbers.ts'
import type { Step } from '../model/step.ts'
import { endOf } from './bars.ts'

/** How long a step took, or has taken until now; `no end` if nobody knows. */
export function timeText(step: Step, now: number): string {
  if (step.startMs === null) return 'no time'
  const end = endOf(step, now)
  return end === null ? 'no end' : duration(end - step.startMs)
}
