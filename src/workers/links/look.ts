import { nextBatchSize } from '../../domain/link/batch-size.ts'
import { underLease } from '../lease.ts'
import { changeLinks } from './change.ts'
import { examineNext, type Examiner } from './examine.ts'
import { mending } from './mend.ts'
import type { Look } from './passes.ts'

const FIRST = 200
const MOST = 2000
/** A batch may meet payloads of 700 KB; ms. Nothing in it waits for the writer. */
const TIMEOUTS = { statementTimeout: 30_000, lockTimeout: 1000 }

/**
 * Examines a batch and keeps what was found; `mend`: and writes it into source_job_id. What others hold is left for the next pass; `onRefusal` hears why
 * the database refuses a row.
 */
export function examining(examiner: Examiner, mend: boolean, onRefusal: (why: string) => void = () => undefined): Look {
  let size = FIRST
  return async (writer, lease, window, after, signal) => {
    const asked = size
    // Where this one fails the next one is smaller: 2,000 payloads of 5 MB do not end in time.
    size = Math.ceil(asked / 4)
    const began = performance.now()
    const { tally, end } = await underLease(
      writer,
      lease,
      (session) => examineNext(session, examiner, window, after, asked),
      TIMEOUTS,
    )
    size = tally.examined > 0 ? nextBatchSize(tally.examined, performance.now() - began, MOST) : asked
    // Of rows that share their instant some may come with the next batch, so that one begins at this instant again.
    const part = { from: after?.createdAt ?? window.from, to: end?.createdAt ?? window.to }
    if (mend) {
      const { refusal } = await changeLinks(mending, { writer, lease, window: part, signal, patience: 0 })
      if (refusal !== undefined) onRefusal(refusal)
    }
    return { rows: tally.examined, end }
  }
}
