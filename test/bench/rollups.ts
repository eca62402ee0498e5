import { openWriter } from '../../src/db/writer.ts'
import { rollupTables, summaryTables } from '../../src/domain/rollup/own-tables.ts'
import { uncountedHours } from '../../src/domain/rollup/due.ts'
import { expireLease } from '../../src/queries/recovery/lease.ts'
import { tableBytes } from '../../src/queries/rollups/size.ts'
import { decideLinkRecovery } from '../../src/reading/links/recovery.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { rollupWork } from '../../src/workers/rollups/task.ts'
import { summaryWork } from '../../src/workers/summaries/task.ts'

/** Counts the hours of a data set, and sums up its trees, as far as that is not done yet: the worker of a service would while it is measured. Resolves to what that took, in words. */
export async function countHours(url: string): Promise<string> {
  const writer = await openWriter({ connection: { connectionString: url }, name: 'bench rollups' })
  try {
    const { linkWay } = await decideLinkRecovery(writer, undefined)
    const lease = await takeLease(writer, LINKS, 'bench')
    if (!lease) throw new Error('a service counts the hours of this data: stop it')
    const told: string[] = []
    for (const [what, { until, look, work }, tables] of [
      ['figures', rollupWork(linkWay), rollupTables],
      ['trees', summaryWork({ staleAfter: 900_000, linkWay }), summaryTables],
    ] as const) {
      const began = performance.now()
      const hours = uncountedHours({ ...(await look(writer)), until })
      for (const hour of hours) await work(writer, lease, hour)
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      const mebibytes = ((await tableBytes(writer, tables)) / 1024 ** 2).toFixed(1)
      told.push(`${what} of ${hours.length} hours were counted in ${seconds} s, and take ${mebibytes} MiB in all`)
    }
    await expireLease(writer, lease)
    return told.join('; ')
  } finally {
    await writer.end()
  }
}
