import type { Reader } from '../../db/db.ts'
import { cascade, type Cascade } from '../../domain/cascade/cascade.ts'
import { didNotFollow } from '../../domain/cascade/did-not-follow.ts'
import { criticalPath, type CriticalPath } from '../../domain/critical-path/critical-path.ts'
import type { Truncated } from '../../domain/tree/summary.ts'
import type { Opening } from '../analysis/bounded.ts'
import { usualAfter } from './usual-after.ts'
import type { TreeHead } from './head.ts'
import { wholeTree, type AskedTree, type TreeReading, type WholeTree } from './whole.ts'

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

/** What failed in a tree, what ran below that nevertheless, and what normally follows it and did not, likewise. `fewLinks`: most links are not known. */
export async function readCascade(
  db: Pick<Reader, 'query' | 'snapshot'> & Opening,
  reading: TreeReading,
  asked: AskedTree,
  fewLinks: () => Promise<boolean>,
): Promise<TreeFindings<Cascade> | undefined> {
  const whole = await wholeTree(db, reading, asked)
  if (!whole) return undefined
  const complete = whole.found.truncated === null
  const found = cascade(whole.nodes, complete)
  const causes = found.rootCauses.data
  const usual =
    causes.length > 0 && complete && !(await fewLinks()) ? await usualAfter(db, reading.rules, whole, causes) : null
  if (usual !== null)
    for (const cause of causes) cause.didNotFollow = didNotFollow(cause, whole.nodes, usual, whole.head.asOf)
  const findings = findingsOf(whole, found)
  return { ...findings, state: findings.state + JSON.stringify(causes.map((cause) => cause.didNotFollow)) }
}

export function findingsOf<Found>({ head, nodes, found: walked, state }: WholeTree, found: Found): TreeFindings<Found> {
  const { ancestors: _ancestors, omittedAncestors: _omitted, ...known } = head
  const { asOf: _asOf, ...above } = known
  return {
    place: { ...known, truncated: walked.truncated },
    found,
    invocations: nodes.length,
    state: JSON.stringify([above, walked.truncated]) + state,
  }
}
