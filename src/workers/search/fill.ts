import type { Writer } from '../../db/db.ts'
import { instant, isBefore } from '../../domain/instant.ts'
import type { Position } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { momentAgo } from '../../queries/recovery/scans.ts'
import { beginReach, reachBack, reachForward, readReach, type Reach } from '../../queries/search/reach.ts'
import { underLease } from '../lease.ts'
import type { IndexBatch } from './index-batch.ts'

/** A row can be 12 s late if its writer retries: so long after its created_at it is taken to be there; ms. Later ones are found by the passes of the task. */
const LATE = 60_000
/** Older invocations are not indexed, as older hours are not counted: 400 days, in ms. */
const KEPT = 400 * 86_400_000

export interface Filling {
  /** How far the index reaches; begins it if there is none that was made by these settings. `began`: it was begun. */
  reach(writer: Writer, lease: Lease): Promise<{ reach: Reach; began: boolean }>
  /** Indexes what is newer than the index reaches and older than a minute, batch by batch, while `goesOn`. Resolves to whether it has come to the end. */
  forward(writer: Writer, lease: Lease, reach: Reach, goesOn: () => Promise<boolean>): Promise<boolean>
  /** The same of what is older. */
  back(writer: Writer, lease: Lease, reach: Reach, goesOn: () => Promise<boolean>): Promise<boolean>
}

/** Makes what lets the index of these settings grow, from where it is, in both directions. `indexed` hears how many invocations each batch held. */
export function createFilling(
  settings: string,
  index: IndexBatch,
  indexed: (rows: number) => void = () => undefined,
): Filling {
  let ahead: { latest: string; position: Position | null } | undefined
  let behind: Position | null = null
  return {
    async reach(writer, lease) {
      const reach = await readReach(writer, settings)
      if (reach) return { reach, began: false }
      const at = await momentAgo(writer, LATE)
      await underLease(writer, lease, (session) => beginReach(session, settings, at))
      ahead = undefined
      behind = null
      return { reach: { from: at, to: at }, began: true }
    },
    async forward(writer, lease, { to }, goesOn) {
      while (await goesOn()) {
        const { latest, position } = (ahead ??= { latest: await momentAgo(writer, LATE), position: null })
        const stretch = { order: 'oldest first', from: to, to: latest, after: position } as const
        const { rows, end } = await index(writer, lease, stretch, (session, reached) =>
          reachForward(session, reached?.createdAt ?? latest, latest),
        )
        indexed(rows)
        ahead = end === null ? undefined : { latest, position: end }
        if (end === null) return true
      }
      return false
    },
    async back(writer, lease, { from }, goesOn) {
      const oldest = await momentAgo(writer, KEPT)
      if (!isBefore(instant(oldest), instant(from))) {
        await underLease(writer, lease, (session) => reachBack(session, oldest))
        return true
      }
      // Another process may have moved the index since: a position that is not its end would leave out what lies between.
      if (behind?.createdAt !== from) behind = null
      while (await goesOn()) {
        const stretch = { order: 'newest first', from: oldest, to: from, after: behind } as const
        const { rows, end } = await index(writer, lease, stretch, (session, reached) =>
          reachBack(session, reached?.createdAt ?? oldest),
        )
        indexed(rows)
        behind = end
        if (end === null) return true
      }
      return false
    },
  }
}
