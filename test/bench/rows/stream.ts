import { createEnding } from '../ending.ts'
import { figures, p50, ratios } from '../figures.ts'
import { queried } from '../queried.ts'
import { atMost, measure, type Row } from '../row.ts'
import { idOf } from '../special-trees.ts'
import { countTree } from '../statements.ts'
import { linkedJobs } from './lists.ts'

/** A service of its own, because the memory that a process once had it mostly keeps: warm, but it has not streamed yet. */
export const tree100k: Row = {
  name: 'tree-100k',
  async run(bench) {
    const ending = createEnding()
    try {
      const service = await bench.start('stream', bench.data, ending)
      const small = (await linkedJobs(bench.client)).map((job) => `/invocations?sourceJobId=${job}`)
      const root = idOf('tree-100k', 'invocation', 0)
      const large = `/trees/${root}?format=ndjson&maxNodes=1000000`
      await service.get([...small, `/trees/${idOf('tree-100', 'invocation', 0)}?format=ndjson`], 20)(2)
      const before = await service.memory()
      await service.forgetPeak()
      const { samples, sides, ...measured } = await measure(
        { ...bench, service, pace: { ...bench.pace, rounds: Math.min(5, bench.pace.rounds) } },
        (service) => service.get([large], 1),
        {
          'limit B': queried(bench.client, { name: 'limit-b', text: countTree, values: [root] }),
        },
      )
      const after = await service.memory()
      const seconds = 4 * bench.pace.seconds
      const [, meanwhile] = await Promise.all([service.get([large], 1)(seconds), service.get(small, 20)(seconds)])
      const goals = [
        atMost('to the first byte', sides['service']?.firstByte ?? Number.NaN, 100, 'ms'),
        ...(before && after ? [atMost('more RSS', after.peak - before.now, 64, 'MiB')] : []),
        atMost('of limit B', ratios(p50, samples.service, samples['limit B']), 1.5),
        atMost('p99 of 20 small requests meanwhile', figures([meanwhile]).p99, 100, 'ms'),
      ]
      return {
        work: 'GET /trees/:id, 100,000 nodes, NDJSON',
        sides: { ...sides, 'small, meanwhile': figures([meanwhile]) },
        goals,
        ...measured,
      }
    } finally {
      await ending.run()
    }
  },
}
