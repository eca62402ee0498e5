import type { Snapshot } from '../../db/db.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { Frontier } from '../../domain/tree/frontier.ts'
import type { NodeRow, TreeLimits } from '../../domain/tree/row.ts'
import { NARROW, narrowLevels, wideLevel, type Below } from '../../queries/tree/levels.ts'
import { prefetch } from './prefetch.ts'

export interface Descent {
  start: string
  linkWay: LinkWay
  reach: TreeLimits
  /** All rows will be held: statements that read them at once are quicker. */
  atOnce: boolean
  /** Knows the level that was taken last, and its jobs. */
  edge: Frontier
}

/**
 * The rows below a start in batches, level by level. Narrow levels come many in one statement, or a chain of 5,000 would take 5,000; wide ones
 * each in one of their own, sorted by the database and read as they are taken, so that neither side ever holds one.
 */
export async function* levels(
  db: Snapshot,
  { start, linkWay, reach, atOnce, edge }: Descent,
): AsyncGenerator<NodeRow[], void> {
  const below = (): Below => ({ start, jobs: edge.jobs(), depth: edge.depth() + 1, seen: edge.seen() })
  const goesOn = ({ depth, seen }: Below): boolean => depth <= reach.maxDepth && seen < reach.maxNodes
  let wide = false
  for (let at: Below = { start, jobs: null, depth: 0, seen: 0 }; goesOn(at); at = below()) {
    if (wide) {
      let width = 0
      for await (const rows of prefetch(wideLevel(db, at, reach, linkWay))) {
        width += rows.length
        yield rows
      }
      if (width === 0) return
      wide = width > NARROW
    } else {
      for await (const rows of narrowLevels(db, at, reach, linkWay, atOnce)) {
        wide = rows.at(-1) === null
        yield rows.filter((row) => row !== null)
      }
      if (!wide) return
    }
  }
}
