import type { Queryable } from '../../db/db.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'

/** One kind of figures that is kept of each hour. */
export interface Part<F extends object> {
  /** In observability_rollups. */
  name: string
  /** Counts it in an hour or less; null: there is more than can be kept. */
  count(db: Queryable, window: Window, way: LinkWay): Promise<F[] | null>
  /** The figures of several times, which do not overlap, as those of one. */
  add(all: readonly F[]): F[]
}
