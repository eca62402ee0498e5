import { openWriter } from '../../src/db/writer.ts'
import { countedShare, uncountedHours } from '../../src/domain/rollup/due.ts'
import { expireLease } from '../../src/queries/recovery/lease.ts'
import { rollupBytes } from '../../src/queries/rollups/size.ts'
import { decideLinkRecovery } from '../../src/reading/links/recovery.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { countUnderLease, look } from '../../src/workers/rollups/task.ts'

/** Counts the hours that are not counted yet, as the worker of a service would while it is measured. Resolves to what that took, in words. */
export async function countHours(url: string): Promise<string> {
  const writer = await openWriter({ connection: { connectionString: url }, name: 'bench rollups' })
  try {
    const { linkWay } = await decideLinkRecovery(writer, undefined)
    const lease = await takeLease(writer, LINKS, 'bench')
    if (!lease) throw new Error('a service counts the hours of this data: stop it')
    const began = performance.now()
    let hours = 0
    for (const hour of uncountedHours(await look(writer, linkWay))) {
      await countUnderLease(writer, lease, hour, linkWay)
      hours += 1
    }
    await expireLease(writer, lease)
    const seconds = (performance.now() - began) / 1000
    const { counted } = countedShare(await look(writer, linkWay))
    const mebibytes = (await rollupBytes(writer)) / 1024 ** 2
    return `${hours} of ${counted} hours were counted now, in ${seconds.toFixed(1)} s; rollups take ${mebibytes.toFixed(1)} MiB`
  } finally {
    await writer.end()
  }
}
