import type { Pass } from '../../domain/link/passes.ts'
import { indexSettings } from '../../domain/search/index-settings.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import { leaseHolder } from '../../queries/recovery/lease.ts'
import { LINKS_NEXT } from '../lease.ts'
import { createPasses } from '../links/passes.ts'
import type { Task } from '../task.ts'
import { createFilling } from './fill.ts'
import { indexing } from './index-batch.ts'
import { createSweep } from './sweep.ts'

/** How long one tick reads payloads, ms, before the other tasks have their turn. If no new ones are left it pauses for 3 s, so that old ones take a sixth of a core at most. */
const A_TICK = 500

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** What is looked through again for rows that came later than a minute after their created_at. */
const passes: readonly Pass[] = [
  { spanMs: 15 * MINUTE, everyMs: MINUTE },
  { spanMs: 24 * HOUR, everyMs: HOUR },
]

/** The task of the worker that fills the index of the search: new rows, late ones, and older ones backwards; and removes the rows of deleted invocations. `clock`: ms. */
export function searchTask(
  settings: SearchSettings,
  log: { info(message: string): void },
  signal: AbortSignal,
  clock = () => performance.now(),
): Task {
  const index = indexing(settings)
  const filling = createFilling(indexSettings(settings), index)
  const late = createPasses(
    (writer, lease, { from, to }, after) => index(writer, lease, { order: 'oldest first', from, to, after }),
    signal,
    clock,
    passes,
  )
  const sweep = createSweep()
  let whole = false
  return {
    name: 'search',
    async tick(writer, lease) {
      const end = clock() + A_TICK
      const goesOn = async (): Promise<boolean> => {
        signal.throwIfAborted()
        return clock() < end && !(await leaseHolder(writer, LINKS_NEXT))
      }
      const { reach, began } = await filling.reach(writer, lease)
      if (began) log.info('search: there is no index by these settings, so payloads are read, the newest first')
      if (!(await filling.forward(writer, lease, reach, goesOn))) return false
      // While older ones are left they have at least half of the rest, however many a pass has to look through.
      if (!(await late.goOn(writer, lease, whole ? end : (clock() + end) / 2))) return false
      const came = await filling.back(writer, lease, reach, goesOn)
      if (came && !whole) log.info('search: the records of all invocations of the last 400 days are indexed')
      whole ||= came
      await sweep(writer, lease)
      return true
    },
    told: {
      waiting: 'Nothing has been indexed yet',
      done: 'New rows were indexed',
      failing: 'Rows cannot be indexed at this moment, and the log says why',
      elsewhere: 'Another process indexes rows',
    },
  }
}
