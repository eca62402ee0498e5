import { setImmediate } from 'node:timers/promises'
import type { Piece } from './forest.ts'
import type { Rows } from './rows.ts'

/** Invocations a COPY: about 12 MB of full rows. */
const batchSize = 1000

/** Joins pieces of one wave to batches worth a COPY, and lets the event loop turn between pieces. */
export async function* gather(pieces: Iterable<Piece>): AsyncGenerator<Piece, undefined> {
  let batch: Piece | undefined
  for (const piece of pieces) {
    await setImmediate()
    if (batch === undefined) batch = piece
    else if (piece.wave === batch.wave && batch.invocations.length < batchSize) append(batch, piece)
    else {
      yield batch
      batch = piece
    }
  }
  if (batch !== undefined) yield batch
}

function append(batch: Rows, { invocations, events, jobs }: Rows): void {
  batch.invocations.push(...invocations)
  batch.events.push(...events)
  batch.jobs.push(...jobs)
}
