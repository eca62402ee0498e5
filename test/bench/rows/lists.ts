import type pg from 'pg'
import { pageRequest } from '../../../src/domain/paging/page.ts'
import { chainRows } from '../../../src/queries/links.ts'
import { invocationRows } from '../../../src/queries/invocations.ts'
import type { Slice } from '../alternate.ts'
import { p50, perSecond, ratios, type Sample } from '../figures.ts'
import { besideLimitA, type LimitA } from '../limit-a.ts'
import { queried } from '../queried.ts'
import { atLeast, measure, type Bench, type Goal, type Result, type Row } from '../row.ts'
import { idOf } from '../special-trees.ts'
import { statementOf, typedLinks } from '../statements.ts'

const LIMIT = 50
const CONNECTIONS = 20

type Asked = LimitA['asked']

/** What a thousand jobs of all times triggered: an answer has mostly one invocation. */
export const invocations: Row = {
  name: 'invocations',
  async run(bench) {
    const asked = await askedOfJobs(await linkedJobs(bench.client))
    return againstLimitA(
      bench,
      `GET /invocations?sourceJobId= of 1,000 jobs, ${CONNECTIONS} connections`,
      asked,
      {},
      () => [],
    )
  },
}

/** What the job with the fan-out of 10,000 triggered, a page of it. */
export const invocationsPage: Row = {
  name: 'invocations-page',
  async run(bench) {
    const asked = await askedOfJobs([idOf('wide', 'job 0', 0)])
    return againstLimitA(
      bench,
      `GET /invocations?sourceJobId= with a page of ${LIMIT}, ${CONNECTIONS} connections`,
      asked,
      {},
      () => [],
    )
  },
}

/** A page of the links of a day. The days differ, or the same answer would be asked for all the time. */
export const chains: Row = {
  name: 'chains',
  async run(bench) {
    const { from, to } = bench.data
    const windows = Array.from({ length: 200 }, (_, minute) => ({
      from,
      to: new Date(Date.parse(to) - minute * 60_000).toISOString(),
    }))
    const asked = await Promise.all(windows.map(askedOfWindow))
    const others = {
      before: queried(bench.client, { text: typedLinks, values: [from, to] }, { once: true }),
      'one at a time': bench.service.get(
        asked.map(({ path }) => path),
        1,
      ),
    }
    return againstLimitA(
      bench,
      `GET /chains, a page of ${LIMIT}, ${CONNECTIONS} connections`,
      asked,
      others,
      (samples) => [atLeast('as fast as before', ratios(p50, samples.before, samples['one at a time']), 500)],
    )
  },
}

async function againstLimitA<N extends string>(
  bench: Bench,
  work: string,
  asked: Asked,
  others: Record<N, Slice>,
  goals: (samples: Record<N, Sample[]>) => Goal[],
): Promise<Result> {
  const { service, data } = bench
  return besideLimitA({ url: data.url, service, asked, limit: LIMIT, connections: CONNECTIONS }, async (bare) => {
    const paths = asked.map(({ path }) => path)
    const { samples, ...measured } = await measure<N | 'limit A'>(bench, (service) => service.get(paths, CONNECTIONS), {
      ...others,
      'limit A': bare,
    })
    return {
      work,
      goals: [
        atLeast('requests/s of limit A', ratios(perSecond, samples.service, samples['limit A']), 0.9),
        ...goals(samples),
      ],
      ...measured,
    }
  })
}

export async function askedOfJobs(jobs: string[]): Promise<Asked> {
  return Promise.all(
    jobs.map(async (job) => {
      const page = pageRequest('/invocations', { order: 'desc', limit: LIMIT }, new Date().toISOString(), 'all-time')
      return {
        path: `/invocations?sourceJobId=${job}`,
        statement: await statementOf((db) =>
          invocationRows(db, { sourceJobId: [job] }, page, { staleAfter: 900_000, linkWay: 'column' }),
        ),
      }
    }),
  )
}

export async function askedOfWindow({ from, to }: { from: string; to: string }): Promise<Asked[number]> {
  const page = pageRequest('/chains', { from, to, order: 'desc', limit: LIMIT }, to, 'last-24h')
  return {
    path: `/chains?from=${from}&to=${to}&limit=${LIMIT}`,
    statement: await statementOf((db) => chainRows(db, {}, page, 'column')),
  }
}

/** Jobs that triggered something, from all over the table; the same ones each time. */
export async function linkedJobs(client: pg.Client, count = 1000): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `
    select distinct source_job_id as id
      from invocations tablesample system (5) repeatable (7)
     where source_job_id is not null
       and source_function <> 'on-stock-updated'
     limit $1`,
    [count],
  )
  return rows.map(({ id }) => id)
}
