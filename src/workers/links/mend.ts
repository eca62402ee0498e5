import { clearLinks, severLinks, withdrawLinks, writeLinks } from '../../queries/recovery/mend.ts'
import type { KeptState } from '../../domain/link/kept.ts'
import type { Change } from './change-batch.ts'

/** Links that were found, and written ones that the writer has reset to NULL since. */
const OPEN: readonly KeptState[] = ['recovered', 'mended']

/** Writes kept links into source_job_id; never over a link that stands there. */
export const mending: Change = {
  wanted: { states: OPEN, unlinked: true },
  async apply(session, ids) {
    return { changed: await writeLinks(session, ids, OPEN), settled: await severLinks(session, ids, OPEN) }
  },
}

/** Takes links back: empties source_job_id if it still holds our job, and lets recovered ones count no more. */
export const undoing: Change = {
  wanted: { states: OPEN, unlinked: false },
  async apply(session, ids) {
    return { changed: [...(await clearLinks(session, ids)), ...(await withdrawLinks(session, ids))], settled: [] }
  },
}
