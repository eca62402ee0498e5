import { createEnding } from '../ending.ts'
import { figures, median } from '../figures.ts'
import { atMost, type Row } from '../row.ts'

/** From the start of the process to the first page of links, on a database that has all migrations. */
export const start: Row = {
  name: 'start',
  async run(bench) {
    const { from, to } = bench.data
    const times: number[] = []
    for (let round = 0; round < bench.pace.rounds; round++) {
      const ending = createEnding()
      const { ms } = await bench.start('start', bench.data, ending, `/chains?from=${from}&to=${to}&limit=50`)
      times.push(ms)
      await ending.run()
    }
    const seconds = times.reduce((sum, ms) => sum + ms, 0) / 1000
    return {
      work: 'start to first answer',
      sides: { service: figures([{ times, firsts: [], seconds, bytes: 0, cpu: undefined }]) },
      goals: [atMost('to the first answer', median(times), 2000, 'ms')],
    }
  },
}
