import { openWriter } from '../../../src/db/writer.ts'
import { forest, type Piece } from '../../../src/demo/forest.ts'
import { loadDemo } from '../../../src/demo/load.ts'
import { upsertRows } from '../../../src/demo/upsert.ts'
import { alternate, type Slice } from '../alternate.ts'
import { migrate } from '../data.ts'
import { createEnding, type Ending } from '../ending.ts'
import { figures, perSecond, ratios, type Sample } from '../figures.ts'
import { atLeast, type Row } from '../row.ts'

const WITHOUT = 'event_detector_bench_write_without'
const WITH = 'event_detector_bench_write_with'
/** The column, its index and the wider CHECK are the writer's own; what comes after is ours. */
const WRITERS_OWN = '002'
const THERE = 50_000
const A_SECOND = 50 // transactions a slice, for each second of the pace

/** The writer's transactions on two databases, the same ones: one as its own migrations leave it, one with ours too. */
export const write: Row = {
  name: 'write',
  async run({ server, data, pace }) {
    const ending = createEnding()
    const now = Date.parse(data.to)
    try {
      ending.add(() => server.drop(WITHOUT))
      ending.add(() => server.drop(WITH))
      await server.create(WITHOUT)
      await migrate(server.url(WITHOUT), WRITERS_OWN)
      await loadDemo(server.url(WITHOUT), { invocations: THERE, seed: 7, thin: true, now: new Date(now) })
      await server.create(WITH, WITHOUT)
      await migrate(server.url(WITH))
      const slices = transactions(now, A_SECOND * pace.seconds)
      const samples = await alternate(
        {
          'with ours': await writing(server.url(WITH), slices, ending),
          without: await writing(server.url(WITHOUT), slices, ending),
        },
        pace,
      )
      return {
        work: 'upserts of 20 invocations with their events and jobs, a transaction',
        sides: { 'with ours': figures(samples['with ours']), without: figures(samples.without) },
        goals: [
          atLeast('transactions/s of those without', ratios(perSecond, samples['with ours'], samples.without), 0.9),
        ],
      }
    } finally {
      await ending.run()
    }
  },
}

/** The n-th slice's transactions; the same objects for both sides. */
function transactions(now: number, count: number): (slice: number) => Piece[] {
  const pieces = forest({ invocations: 1_000_000, seed: 8, thin: true, now })
  const slices: Piece[][] = []
  return (slice) => (slices[slice] ??= Array.from({ length: count }, () => pieces.next().value as Piece))
}

/** Every fifth is written twice, as the writer does with calls that take longer than its flush. A commit does not wait for the disk: what is compared is the work. */
async function writing(connectionString: string, slices: (slice: number) => Piece[], ending: Ending): Promise<Slice> {
  const writer = await openWriter({ connection: { connectionString }, name: 'bench' })
  ending.add(() => writer.end())
  await writer.script('set synchronous_commit = off')
  let slice = 0
  return async () => {
    const sample: Sample = { times: [], firsts: [], seconds: 0, bytes: 0, cpu: undefined }
    const pieces = slices(slice++)
    const began = performance.now()
    for (const [nth, piece] of pieces.entries()) {
      const asked = performance.now()
      await upsertRows(writer, piece)
      if (nth % 5 === 0) await upsertRows(writer, piece)
      sample.times.push(performance.now() - asked)
    }
    sample.seconds = (performance.now() - began) / 1000
    return sample
  }
}
