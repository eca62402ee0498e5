import type { Window } from '../../domain/analysis/window.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { planEachHour } from '../../queries/analysis/within.ts'
import { rowsSource, type FigureSource } from '../rollups/rows.ts'
import { rollupSource, type RollupSource } from '../rollups/source.ts'
import { withinBounds, type Bound, type Looked, type Opening } from './bounded.ts'

/** What was looked at, and where its figures come from. */
export interface LookedFigures extends Looked {
  source: FigureSource
  /** The same, if hours that were counted may be used. */
  rollups: RollupSource | null
}

/** How figures are made: where links are read, and whether of hours that were counted. */
export type FigureRules = Pick<RowRules, 'linkWay' | 'rollups'>

/** As `withinBounds`: the first try, which is for all of the window, is made of hours that were counted as far as there are any. */
export function figuresWithin<T>(
  db: Opening,
  table: 'invocations' | 'job_executions',
  window: Window,
  { linkWay, rollups: kept = false }: FigureRules,
  ask: (looked: LookedFigures) => Promise<T>,
  tries?: readonly Bound[],
): Promise<T> {
  return withinBounds(
    db,
    table,
    window,
    async (looked) => {
      const { snapshot, rows } = looked
      const rollups = kept && rows === null ? rollupSource(snapshot, linkWay) : null
      if (rollups) await planEachHour(snapshot)
      return ask({ ...looked, source: rollups ?? rowsSource(snapshot, linkWay), rollups })
    },
    tries,
  )
}
