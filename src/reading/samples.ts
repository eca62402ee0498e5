import type { Queryable } from '../db/db.ts'
import { instant } from '../domain/instant.ts'
import type { RowRules } from '../domain/liveness.ts'
import { newestSamples, type InvocationSample, type Samples } from '../queries/samples.ts'

/** What there is to name in this database, for samples of requests: the newest of each kind. `createdAt` are instants. */
export async function readSamples(db: Queryable, { linkWay }: RowRules): Promise<Samples> {
  const { root, triggered, job, lost } = await newestSamples(db, linkWay)
  return { root: root && dated(root), triggered: triggered && dated(triggered), job, lost: lost && dated(lost) }
}

export type { InvocationSample, Samples }

function dated({ createdAt, ...sample }: InvocationSample): InvocationSample {
  return { ...sample, createdAt: instant(createdAt) }
}
