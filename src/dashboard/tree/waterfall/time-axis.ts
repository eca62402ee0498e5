import type { CriticalParts } from '../model/critical-path.ts'
import type { Span } from './bars.ts'

/** The time that is shown beside the steps, until when what runs lasts (ms since 1970), and what of it is critical. */
export interface TimeAxis {
  span: Span
  now: number
  critical: CriticalParts
}
