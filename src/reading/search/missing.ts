import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { learntWindow } from '../../domain/missing/learnt-window.ts'
import { missingSteps, type MissingStep } from '../../domain/search/missing-steps.ts'
import { treeStepRows } from '../../queries/search/tree-steps.ts'
import { planEachWindow } from '../../queries/analysis/within.ts'
import { learn } from '../analysis/learnt.ts'
import type { Attempts } from './attempt.ts'
import type { FoundTree } from './trees.ts'

/** Of so many invocations of the trees it is looked whether something is missing; what is usual is learnt from so many of the newest jobs of the week before. */
const NODES = 2000
const LEARNT_FROM = 10_000
const RULE = { support: 20, confidence: 0.95 }
const TIME = 1000

/** What normally follows and did not, by the root of each tree; null: it could not be learnt in time. */
export async function missingIn(
  attempts: Attempts,
  trees: readonly FoundTree[],
  { linkWay }: Pick<RowRules, 'linkWay'>,
): Promise<ReadonlyMap<string, MissingStep[]> | null> {
  const from = trees
    .map(({ startedAt }) => startedAt)
    .toSorted()
    .at(-1)
  const window = from === undefined ? null : learntWindow({ from, to: from })
  if (window === null) return null
  const roots = trees.map(({ root }) => root.id)
  const found = await attempts.within(TIME, async (snapshot) => {
    await planEachWindow(snapshot)
    const nodes = await treeStepRows(snapshot, roots, NODES, linkWay)
    const names = {
      'function job': [...new Set(nodes.map(({ sourceFunction }) => sourceFunction))],
      'job function': [...new Set(nodes.flatMap(({ jobs }) => jobs.map(({ name }) => name)))],
    }
    const { edges } = await learn(snapshot, { window, rows: LEARNT_FROM, names }, RULE, linkWay)
    const usual = [...edges['function job'], ...edges['job function']]
    return new Map(
      roots.map((root) => {
        const own = nodes.filter(({ rootId }) => rootId === root)
        return [root, missingSteps(own, usual, instant(snapshot.asOf))]
      }),
    )
  })
  return found ?? null
}
