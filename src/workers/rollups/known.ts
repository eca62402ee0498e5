import { instant } from '../../domain/instant.ts'
import type { Asked } from '../../domain/rollup/due.ts'
import type { KnownHours } from '../../queries/rollups/hours.ts'

/** What is known of all hours at this moment, by the clock of the database. */
export interface Known extends Pick<Asked, 'now' | 'oldest' | 'states'> {
  /** The first hour that is kept; null: none is. */
  firstCounted: string | null
}

/** The same with instants in place of Postgres text. */
export function instantsOf({ now, oldest, firstCounted, states }: KnownHours): Known {
  return {
    now: instant(now),
    oldest: oldest && instant(oldest),
    firstCounted: firstCounted && instant(firstCounted),
    states: states.map((state) =>
      Object.assign(state, { hour: instant(state.hour), countedAt: instant(state.countedAt) }),
    ),
  }
}
