import { indexSettings } from '../../../src/domain/search/index-settings.ts'
import { recordPathsOf } from '../../../src/domain/search/record-path.ts'
import { readReach } from '../../../src/queries/search/reach.ts'
import { inTurn } from '../../../src/workers/links/turn.ts'
import { rebuildIndex } from '../../../src/workers/search/rebuild.ts'
import { openWorkSession } from '../../../src/workers/session.ts'
import { createEnding } from '../ending.ts'
import { atMost, measure, type Bench, type Row } from '../row.ts'

/** Those of the service by default. */
const settings = { recordPaths: recordPathsOf('event.data.new.id,event.data.old.id') ?? [] }
const ASKED = 100
const ALLOWED = 100

/** What is asked, by the name of its row. The records differ, or the same answer would be asked for all the time. */
const asked: Record<string, { work: string; paths: (bench: Bench) => Promise<string[]> }> = {
  'search-id': {
    work: 'GET /search?q=, the id of an invocation or a job',
    paths: async ({ client }) => {
      const { rows } = await client.query<{ id: string }>(
        `(select id from invocations order by id limit $1) union all (select id from job_executions order by id limit $1)`,
        [ASKED / 2],
      )
      return rows.map(({ id }) => `/search?q=${id}`)
    },
  },
  'search-record': {
    work: 'GET /search?q=, a record',
    paths: async (bench) =>
      (await records(bench)).map(([table, id]) => `/search?q=${encodeURIComponent(`${table}:${id}`)}`),
  },
  'search-name': {
    work: 'GET /search?q=, a part of a name',
    paths: async () => ['payment', 'order', 'send', 'stock', 'invoice'].map((name) => `/search?q=${name}`),
  },
  record: {
    work: 'GET /records/:table/:recordId',
    paths: async (bench) => (await records(bench)).map(([table, id]) => `/records/${table}/${encodeURIComponent(id)}`),
  },
}

/** Searches with the index and without it. The index is made once, and stays with the data. */
export const searches: Row[] = Object.entries(asked).map(([name, { work, paths }]) => ({
  name,
  async run(bench) {
    const ending = createEnding()
    try {
      await indexed(bench)
      const all = await paths(bench)
      const without = await bench.start('without-index', bench.data, ending, '/health/ready', { SEARCH_INDEX: 'off' })
      const { sides, ...measured } = await measure(bench, (service) => service.get(all, 1), {
        'without the index': without.get(all, 1),
      })
      return { work, sides, goals: [atMost('p50', sides['service']?.p50 ?? Number.NaN, ALLOWED, 'ms')], ...measured }
    } finally {
      await ending.run()
    }
  },
}))

async function indexed({ data }: Bench): Promise<void> {
  const log = { warn: () => undefined }
  const writer = await openWorkSession({ connectionString: data.url }, 'bench', log)
  try {
    const reach = await readReach(writer, indexSettings(settings))
    if (reach && Date.parse(reach.from) < Date.parse(data.from) - 30 * 86_400_000) return
    const { signal } = new AbortController()
    const began = performance.now()
    const count = await inTurn(writer, { what: 'bench', signal, say: () => undefined }, (lease) =>
      rebuildIndex({ writer, lease, settings, signal, progress: () => undefined }),
    )
    process.stdout.write(`${count} invocations were indexed in ${Math.round((performance.now() - began) / 1000)} s\n`)
  } finally {
    await writer.end()
  }
}

async function records({ client }: Bench): Promise<Array<[table: string, id: string]>> {
  const { rows } = await client.query<{ place: string; value: string }>(
    `select place, value from observability_search where kind = 'record' order by invocation_id limit $1`,
    [ASKED],
  )
  return rows.map(({ place, value }) => [place, value])
}
