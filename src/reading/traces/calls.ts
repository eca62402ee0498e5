import type { Window } from '../../domain/analysis/window.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { serviceOf } from '../../domain/trace/names.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import { readDependencies } from '../analysis/dependencies.ts'
import type { Opening } from '../analysis/bounded.ts'

/** How often invocations of one service led to invocations of another. */
export interface ServiceCall {
  parent: string
  child: string
  callCount: number
}

/** The calls of a window. `warnings`: whole sentences, where not all of it was looked at. */
export async function readCalls(
  db: Opening,
  window: Window,
  rules: Pick<RowRules, 'linkWay'>,
): Promise<{ calls: ServiceCall[]; warnings: string[] }> {
  const asked = { route: '', filters: {}, ...window, sort: '-times', limit: MOST_GROUPS, after: null }
  const { data, page } = await readDependencies(db, asked, { level: 'function', hops: 1 }, rules)
  return {
    calls: data.map(({ source, target, times }) => ({
      parent: serviceOf(source.name),
      child: serviceOf(target.name),
      callCount: times,
    })),
    warnings: [
      ...(page.sampled ? [`Counted from ${page.examinedFrom} on: all of the window would have taken too long.`] : []),
      ...(page.groupsCut ? [`The ${MOST_GROUPS} most frequent calls are shown.`] : []),
    ],
  }
}
