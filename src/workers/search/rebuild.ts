import type { Writer } from '../../db/db.ts'
import { indexSettings } from '../../domain/search/index-settings.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { estimatedRows } from '../../queries/recovery/scans.ts'
import { forgetReach } from '../../queries/search/reach.ts'
import { underLease } from '../lease.ts'
import { createFilling } from './fill.ts'
import { indexing } from './index-batch.ts'
import { createSweep } from './sweep.ts'

export interface Reindexing {
  writer: Writer
  lease: Lease
  settings: SearchSettings
  signal: AbortSignal
  /** Hears how many invocations are indexed, of about how many. */
  progress: (indexed: number, total: number) => void
}

/** Forgets how far the index reaches and makes it again, the newest first; resolves to of how many invocations. What is stopped the worker of the service goes on with. Throws LeaseLost. */
export async function rebuildIndex({ writer, lease, settings, signal, progress }: Reindexing): Promise<number> {
  const total = await estimatedRows(writer, { from: null, to: null }, null)
  let done = 0
  const filling = createFilling(indexSettings(settings), indexing(settings), (rows) => {
    done += rows
    progress(done, total)
  })
  const goesOn = async (): Promise<boolean> => {
    signal.throwIfAborted()
    return true
  }
  await underLease(writer, lease, forgetReach)
  const { reach } = await filling.reach(writer, lease)
  await filling.forward(writer, lease, reach, goesOn)
  await filling.back(writer, lease, reach, goesOn)
  const sweep = createSweep()
  while (!(await sweep(writer, lease))) signal.throwIfAborted()
  return done
}
