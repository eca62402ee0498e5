import type { Reader } from '../../db/db.ts'
import { createComparison, type Comparison } from '../../domain/compare/comparison.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { learntWindow } from '../../domain/missing/learnt-window.ts'
import type { Node } from '../../domain/tree/node.ts'
import type { Opening } from '../analysis/bounded.ts'
import { readForest, type ForestBound } from '../forest/read-forest.ts'
import { findingsOf, type TreeFindings } from './findings.ts'
import { largeTree, type AskedTree, type TreeReading, type WholeTree } from './whole.ts'

/** One tree is to be answered quickly: the newest trees before it say what is usual. */
const bound: ForestBound = { trees: 200, invocations: 10_000, ms: 1000 }

/** A comparison, and with what. */
export interface Compared extends Comparison {
  /** The start of the other tree; null: it was compared with a baseline. */
  with: string | null
}

/**
 * How a tree differs from another one (`other`: an invocation or a job; 'baseline': from what was usual in the 7 days before it). Undefined if there is no such tree, and 'no other' if there is no other one.
 */
export async function readComparison(
  db: Pick<Reader, 'snapshot'> & Opening,
  reading: TreeReading,
  asked: AskedTree,
  other: string,
): Promise<TreeFindings<Compared> | 'no other' | undefined> {
  const trees = await bothTrees(db, reading, asked, other)
  if (typeof trees !== 'object') return trees
  const { whole, second } = trees
  const comparison = createComparison(whole.nodes)
  await readBefore(db, whole.nodes, reading.rules, (nodes) => comparison.before(nodes))
  const complete = whole.found.truncated === null && (second?.found.truncated ?? null) === null
  const found = { with: second && second.head.id, ...comparison.found(second && second.nodes, complete) }
  const findings = findingsOf(whole, found)
  return { ...findings, state: `${findings.state} ${second?.state} ${JSON.stringify(found)}` }
}

/** Of one moment: a tree that grows meanwhile would differ from itself. */
function bothTrees(
  db: Pick<Reader, 'snapshot'>,
  reading: TreeReading,
  asked: AskedTree,
  other: string,
): Promise<{ whole: WholeTree; second: WholeTree | null } | 'no other' | undefined> {
  return db.snapshot(async (snapshot) => {
    const whole = await largeTree(snapshot, reading, asked)
    if (!whole) return undefined
    const second = other === 'baseline' ? null : await largeTree(snapshot, reading, { ...asked, id: other })
    return second === undefined ? 'no other' : { whole, second }
  })
}

/** Hands over the newest finished trees that began with the same function in the 7 days before; of a root only roots. */
async function readBefore(
  db: Opening,
  [start]: readonly Node[],
  rules: RowRules,
  before: (nodes: Node[]) => void,
): Promise<void> {
  const window = start && learntWindow({ from: start.createdAt, to: start.createdAt })
  if (!start || !window) return
  const starts = { window, functions: [start.sourceFunction], roots: start.sourceJobId === null }
  await readForest(db, starts, rules, before, bound)
}
