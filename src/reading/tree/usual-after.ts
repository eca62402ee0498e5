import { sourceOf, type UsualOf } from '../../domain/cascade/did-not-follow.ts'
import type { RootCause } from '../../domain/cascade/root-cause.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { learntWindow } from '../../domain/missing/learnt-window.ts'
import { withinBounds, type Bound, type Opening } from '../analysis/bounded.ts'
import { learn } from '../analysis/learnt.ts'
import type { WholeTree } from './whole.ts'

/** One tree is to be answered in 50 ms: what is usual is learnt from the newest jobs of the week before it, and not from all of them. */
const bounds: readonly Bound[] = [{ rows: 10_000, statementTimeout: 1000 }]
const RULE = { support: 20, confidence: 0.95 }

/** What normally followed the sources of these failures in the week before the tree began; null: it could not be learnt in time, or the tree has no finite start. */
export async function usualAfter(
  db: Opening,
  { linkWay }: Pick<RowRules, 'linkWay'>,
  { nodes }: WholeTree,
  causes: readonly RootCause[],
): Promise<UsualOf | null> {
  const from = nodes[0]?.createdAt ?? 'infinity'
  const window = learntWindow({ from, to: from })
  if (window === null) return null
  const names = (kind: keyof UsualOf): string[] => [
    ...new Set(causes.map(sourceOf).flatMap((source) => (source.kind === kind ? [source.name] : []))),
  ]
  const wanted = { 'job function': names('job'), 'function job': names('function') }
  const learnt = await withinBounds(
    db,
    'job_executions',
    window,
    ({ snapshot, stretch }) => learn(snapshot, { window: stretch, rows: null, names: wanted }, RULE, linkWay),
    bounds,
  ).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === '57014') return null
    throw error
  })
  return (
    learnt && {
      job: { edges: learnt.edges['job function'], sources: learnt.sources['job function'] },
      function: { edges: learnt.edges['function job'], sources: learnt.sources['function job'] },
    }
  )
}
