import { cascade, type Cascade } from '../../domain/cascade/cascade.ts'
import { criticalPath, type CriticalPath } from '../../domain/critical-path/critical-path.ts'
import type { Truncated } from '../../domain/tree/summary.ts'
import type { TreeHead } from './head.ts'
import { wholeTree, type WholeTree } from './whole.ts'

/** Which tree was looked at, and whether it was cut. */
export interface Place extends Omit<TreeHead, 'ancestors' | 'omittedAncestors'> {
  truncated: Truncated | null
}

/** What was found out about one tree. */
export interface TreeFindings<Found> {
  place: Place
  found: Found
  /** Invocations that were read. */
  invocations: number
  /** A text that is another one as soon as an answer made of this is. */
  state: string
}

/** The critical path of a tree, by the id of an invocation or a job. Undefined if there is neither. */
export async function readCriticalPath(
  ...asked: Parameters<typeof wholeTree>
): Promise<TreeFindings<CriticalPath> | undefined> {
  const whole = await wholeTree(...asked)
  if (!whole) return undefined
  const found = criticalPath(whole.nodes, whole.head.asOf)
  const findings = findingsOf(whole, found)
  // What still runs has another path as soon as time passes.
  return found.open ? { ...findings, state: `${findings.state} ${whole.head.asOf}` } : findings
}

/** What failed in a tree, and what ran below that nevertheless, likewise. */
export async function readCascade(...asked: Parameters<typeof wholeTree>): Promise<TreeFindings<Cascade> | undefined> {
  const whole = await wholeTree(...asked)
  return whole && findingsOf(whole, cascade(whole.nodes, whole.found.truncated === null))
}

function findingsOf<Found>({ head, nodes, found: walked, state }: WholeTree, found: Found): TreeFindings<Found> {
  const { ancestors: _ancestors, omittedAncestors: _omitted, ...known } = head
  const { asOf: _asOf, ...above } = known
  return {
    place: { ...known, truncated: walked.truncated },
    found,
    invocations: nodes.length,
    state: JSON.stringify([above, walked.truncated]) + state,
  }
}
