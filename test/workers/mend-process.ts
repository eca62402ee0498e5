import { openWriter } from '../../src/db/writer.ts'
import { changeLinks } from '../../src/workers/links/change.ts'
import { mending } from '../../src/workers/links/mend.ts'
import { inTurn } from '../../src/workers/links/turn.ts'

// A process that mends all that is kept: prints a line after each batch, and at the end what it did, or why not.
const { signal } = new AbortController()
const writer = await openWriter({
  connection: { connectionString: process.argv[2] ?? '' },
  name: 'links',
  statementTimeout: 2000,
})
try {
  await inTurn(writer, { what: 'links mend', signal, say: () => undefined }, async (lease) => {
    const so = await changeLinks(mending, {
      writer,
      lease,
      window: { from: null, to: null },
      signal,
      patience: 10_000,
      // Slow enough to be killed or paused half-way.
      rate: 1000,
      progress: () => void process.stdout.write('batch\n'),
    })
    process.stdout.write(`${JSON.stringify(so)}\n`)
  })
} catch (error) {
  process.stdout.write(`${(error as Error).name}\n`)
} finally {
  await writer.end()
}
