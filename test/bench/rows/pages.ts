import { createEnding } from '../ending.ts'
import { p50, ratios } from '../figures.ts'
import { atMost, measure, type Row } from '../row.ts'
import type { Service } from '../service.ts'
import { withClient } from '../data.ts'
import { linkedJobs } from './lists.ts'

/** A page far down a list of links costs what the first one costs. */
export const page1000: Row = {
  name: 'page-1000',
  async run(bench) {
    const all = `/chains?from=2026-01-01T00:00:00Z&to=${bench.data.to}`
    const deep = `${all}&limit=50&cursor=${await cursorAfter(bench.service, all, 999 * 50)}`
    const { samples, ...measured } = await measure(bench, (service) => service.get([deep], 1), {
      'page 1': bench.service.get([`${all}&limit=50`], 1),
    })
    return {
      work: 'GET /chains, page 1,000 of 50',
      goals: [atMost('of page 1', ratios(p50, samples.service, samples['page 1']), 1.2)],
      ...measured,
    }
  },
}

/** The limit is no part of a cursor, so large pages lead there sooner. */
async function cursorAfter(service: Service, path: string, rows: number): Promise<string> {
  let cursor = ''
  for (let left = rows; left > 0; left -= 1000) {
    const address = `http://127.0.0.1:${service.port}${path}&limit=${Math.min(left, 1000)}${cursor === '' ? '' : `&cursor=${cursor}`}`
    const { page } = (await (await fetch(address)).json()) as { page: { nextCursor: string | null } }
    if (page.nextCursor === null) throw new Error(`${path} has fewer than ${rows} rows`)
    cursor = page.nextCursor
  }
  return cursor
}

/** The same pages of 100,000 invocations, as thin as these. */
export const scale: Row = {
  name: 'scale',
  larger: true,
  async run(bench) {
    const { small, data, client } = bench
    if (!small) throw new Error('there is no smaller data set')
    const ending = createEnding()
    try {
      const less = await bench.start('small', small, ending)
      const links = Array.from(
        { length: 100 },
        (_, minute) =>
          `/chains?from=${data.from}&to=${new Date(Date.parse(data.to) - minute * 60_000).toISOString()}&limit=50`,
      )
      const jobs = async (of: typeof client) => (await linkedJobs(of)).map((job) => `/invocations?sourceJobId=${job}`)
      const { samples, ...measured } = await measure(bench, (service) => service.get(links, 1), {
        'chains of 100k': less.get(links, 1),
        invocations: bench.service.get(await jobs(client), 1),
        'invocations of 100k': less.get(await withClient(small.url, jobs), 1),
      })
      const goals = [
        atMost('p50 of /chains at 100k', ratios(p50, samples.service, samples['chains of 100k']), 1.2),
        atMost('p50 of /invocations at 100k', ratios(p50, samples.invocations, samples['invocations of 100k']), 1.2),
      ]
      return { work: `the same pages at ${data.scale} and at 100k, one connection`, goals, ...measured }
    } finally {
      await ending.run()
    }
  },
}
