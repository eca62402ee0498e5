import { instant } from '../../domain/instant.ts'
import type { Asked } from '../../domain/rollup/due.ts'
import type { KnownHours } from '../../queries/rollups/hours.ts'

/** What is known of all hours at this moment, by the clock of the database. */
export type Known = Pick<Asked, 'now' | 'oldest' | 'states'>

/** The same with instants in place of Postgres text. */
export function instantsOf({ now, oldest, states }: KnownHours): Known {
  return {
    now: instant(now),
    oldest: oldest === null ? null : instant(oldest),
    states: states.map((state) =>
      Object.assign(state, { hour: instant(state.hour), countedAt: instant(state.countedAt) }),
    ),
  }
}
