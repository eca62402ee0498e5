import { edgeKey, type DependencyEdge } from './dependencies.ts'
import { countsDiffer, sharesDiffer } from './noise.ts'

/** What became of an edge since the window before. same: no figure differs by more than noise. */
export const changes = ['appeared', 'vanished', 'changed', 'same'] as const
export type Change = (typeof changes)[number]

/** Figures whose difference is tested. */
export type Tested = 'times' | 'withoutRate' | 'failureRate'

/** The figures of the window before. */
export type Before = Pick<
  DependencyEdge,
  'times' | 'runs' | 'runsWithout' | 'withoutRate' | 'failed' | 'failureRate' | 'lagMs'
>

export interface ComparedEdge extends DependencyEdge {
  change?: Change
  /** The figures that differ by more than noise. */
  changed?: Tested[]
  /** Null: it was not there. */
  previous?: Before | null
}

/** Each edge of either window with what became of it; one that vanished has the figures of nothing, and what was seen of it last. */
export function comparedEdges(
  now: readonly DependencyEdge[],
  before: readonly DependencyEdge[],
  runsNow: (edge: DependencyEdge) => number,
): ComparedEdge[] {
  const earlier = new Map(before.map((edge) => [edgeKey(edge), edge]))
  const compared = now.map((edge): ComparedEdge => {
    const previous = earlier.get(edgeKey(edge))
    earlier.delete(edgeKey(edge))
    if (!previous) return { ...edge, change: 'appeared', changed: [], previous: null }
    const changed = differing(edge, previous)
    return { ...edge, change: changed.length > 0 ? 'changed' : 'same', changed, previous: figures(previous) }
  })
  return [...compared, ...[...earlier.values()].map((edge) => vanished(edge, runsNow(edge)))]
}

/** `runs`: of its source in this window. */
function vanished(edge: DependencyEdge, runs: number): ComparedEdge {
  return {
    ...edge,
    times: 0,
    runs,
    runsWithout: runs,
    withoutRate: runs === 0 ? null : 1,
    failed: 0,
    failureRate: null,
    fanOut: { avg: 0, max: 0 },
    lagMs: null,
    change: 'vanished',
    changed: [],
    previous: figures(edge),
  }
}

function differing(a: DependencyEdge, b: DependencyEdge): Tested[] {
  const tests: Array<[Tested, boolean]> = [
    ['times', countsDiffer(a.times, b.times)],
    ['withoutRate', sharesDiffer({ of: a.runsWithout, n: a.runs }, { of: b.runsWithout, n: b.runs })],
    ['failureRate', sharesDiffer({ of: a.failed, n: a.times }, { of: b.failed, n: b.times })],
  ]
  return tests.filter(([, differs]) => differs).map(([name]) => name)
}

function figures({ times, runs, runsWithout, withoutRate, failed, failureRate, lagMs }: DependencyEdge): Before {
  return { times, runs, runsWithout, withoutRate, failed, failureRate, lagMs }
}
