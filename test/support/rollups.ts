import type { TestContext } from 'node:test'
import type { Writer } from '../../src/db/db.ts'
import { openWriter } from '../../src/db/writer.ts'
import { uncountedHours } from '../../src/domain/rollup/due.ts'
import type { LinkWay } from '../../src/domain/link/way.ts'
import { expireLease } from '../../src/queries/recovery/lease.ts'
import { forgetHours } from '../../src/queries/rollups/hours.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { countUnderLease, look } from '../../src/workers/rollups/task.ts'
import { onTeardown } from './teardown.ts'

/** A session that counts hours. */
export async function counter(t: TestContext, url: string): Promise<Writer> {
  const writer = await openWriter({ connection: { connectionString: url }, name: 'rollups' })
  onTeardown(t, () => writer.end())
  return writer
}

/** Counts all hours anew, as the worker does in time. Resolves to how many. */
export async function recount(writer: Writer, way: LinkWay): Promise<number> {
  await forgetHours(writer)
  return countDue(writer, way)
}

/** Counts the hours that are not counted, or were in another way. Resolves to how many. */
export async function countDue(writer: Writer, way: LinkWay): Promise<number> {
  const lease = await takeLease(writer, LINKS, 'test')
  if (!lease) throw new Error('somebody else holds the lease')
  const hours = uncountedHours({ ...(await look(writer, way)), until: 'ended' })
  for (const hour of hours) await countUnderLease(writer, lease, hour, way)
  await expireLease(writer, lease)
  return hours.length
}
