import type { DataSet } from '../data.ts'
import { createEnding } from '../ending.ts'
import { p50, ratios } from '../figures.ts'
import { atMost, measure, type Bench, type Row } from '../row.ts'
import { idOf } from '../special-trees.ts'
import { linkedJobs } from './lists.ts'

/** What is asked, by the name of its row: paths that both data sets have. */
const asked: Record<string, { work: string; paths: (bench: Bench) => Promise<string[]> | string[] }> = {
  'kept-chains': {
    work: 'GET /chains, a page of 50',
    paths: ({ data }) => windows(data, '/chains'),
  },
  'kept-invocations': {
    work: 'GET /invocations?sourceJobId= of 1,000 jobs',
    paths: async ({ client }) => (await linkedJobs(client)).map((job) => `/invocations?sourceJobId=${job}`),
  },
  'kept-trees': {
    work: 'GET /trees, a page of 50',
    paths: ({ data }) => windows(data, '/trees'),
  },
  'kept-tree': {
    work: 'GET /trees/:id, 100 nodes',
    paths: () => [`/trees/${idOf('tree-100', 'invocation', 0)}`],
  },
}

/** The days differ, or the same answer would be asked for all the time. */
function windows({ from, to }: DataSet, path: string): string[] {
  return Array.from(
    { length: 50 },
    (_, step) => `${path}?from=${from}&to=${new Date(Date.parse(to) - step * 600_000).toISOString()}&limit=50`,
  )
}

/** The four questions about links on a database whose links are all recovered and none recorded, against the same with all of them recorded. */
export const overlay: Row[] = Object.entries(asked).map(([name, { work, paths }]) => ({
  name,
  kept: true,
  async run(bench) {
    const { kept } = bench
    if (!kept) throw new Error('there is no data set whose links are kept')
    const ending = createEnding()
    try {
      const recovered = await bench.start('kept', kept, ending)
      const urls = await paths(bench)
      const { samples, ...measured } = await measure(bench, (service) => service.get(urls, 1), {
        recovered: recovered.get(urls, 1),
      })
      return {
        work: `${work}: all links recovered, and all recorded (service)`,
        goals: [atMost('recovered, of recorded', ratios(p50, samples.recovered, samples.service), 1.3)],
        ...measured,
      }
    } finally {
      await ending.run()
    }
  },
}))
