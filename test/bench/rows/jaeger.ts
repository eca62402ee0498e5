import type pg from 'pg'
import { p50, ratios, type Sample } from '../figures.ts'
import { atMost, measure, type Row } from '../row.ts'
import { idOf } from '../special-trees.ts'

/** A trace and the tree that it is made of: it may take as much longer as it has more bytes. */
function trace(nodes: number, rootOf: (client: pg.Client) => Promise<string>): Row {
  return {
    name: `jaeger-trace-${nodes}`,
    async run(bench) {
      const root = await rootOf(bench.client)
      const { samples, ...measured } = await measure(
        bench,
        (service) => service.get([`/jaeger/api/traces/${root}`], 1),
        { tree: bench.service.get([`/trees/${root}`], 1) },
      )
      const times = ratios(p50, samples.service, samples.tree)
      const bytes = ratios(bytesOf, samples.service, samples.tree)
      return {
        work: `GET /jaeger/api/traces/:id, ${nodes.toLocaleString('en')} invocations, beside /trees/:id`,
        goals: [
          atMost(
            'of the tree, a byte',
            times.map((ratio, round) => ratio / (bytes[round] ?? Number.NaN)),
            1,
          ),
        ],
        ...measured,
      }
    },
  }
}

export const traces: Row[] = [
  trace(10, rootOfTen),
  trace(100, async () => idOf('tree-100', 'invocation', 0)),
  trace(1000, async () => idOf('tree-1k', 'invocation', 0)),
]

/** A search as viewers ask, beside the list of as many trees. The windows differ, or the same answer would be asked for all the time. */
export const search: Row = {
  name: 'jaeger-search',
  async run(bench) {
    const { from, to } = bench.data
    const ends = Array.from({ length: 50 }, (_, step) => Date.parse(to) - step * 600_000)
    const searches = ends.map((end) => `/jaeger/api/traces?start=${Date.parse(from) * 1000}&end=${end * 1000}&limit=20`)
    const pages = ends.map((end) => `/trees?from=${from}&to=${new Date(end).toISOString()}&limit=20`)
    const { samples, ...measured } = await measure(bench, (service) => service.get(searches, 1), {
      trees: bench.service.get(pages, 1),
    })
    return {
      work: 'GET /jaeger/api/traces, 20 traces, beside /trees?limit=20',
      goals: [atMost('of the list of trees', ratios(p50, samples.service, samples.trees), 3)],
      ...measured,
    }
  },
}

const bytesOf = ({ bytes, times }: Sample): number => bytes / times.length

/** The newest root with a tree of ten. */
async function rootOfTen(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(`
    select r.id
      from (select i.id
              from invocations i
             where i.source_job_id is null
             order by i.created_at desc
             limit 5000) r
     cross join lateral (
           with recursive tree as (
             select r.id
              union all
             select i.id
               from tree t
               join job_executions j
                 on j.invocation_id = t.id
               join invocations i
                 on i.source_job_id = j.id)
           select count(*) as size
             from (select from tree limit 11) t) s
     where s.size = 10
     limit 1`)
  if (!rows[0]) throw new Error('none of the newest 5,000 roots has a tree of ten')
  return rows[0].id
}
