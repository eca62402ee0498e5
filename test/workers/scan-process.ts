import { openWriter } from '../../src/db/writer.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'

// Scans the database of the first argument in small batches, and says after each one how many invocations have been examined.
const [url = ''] = process.argv.slice(2)
const writer = await openWriter({ connection: { connectionString: url }, name: 'scan', statementTimeout: 30_000 })
const lease = await takeLease(writer, LINKS, `scan ${process.pid}`)
if (!lease) throw new Error('somebody else holds the lease')
await scanLinks(
  {
    writer,
    examiner: examinerOf({ maxAge: 3_600_000, paths: [] }),
    window: { from: null, to: null },
    signal: new AbortController().signal,
    most: 7,
    progress: (examined) => process.stdout.write(`${examined}\n`),
  },
  { lease, name: 'scan' },
)
await writer.end()
