import pg from 'pg'
import { examinerOf } from '../../../src/workers/links/examine.ts'
import { scanLinks } from '../../../src/workers/links/scan.ts'
import { openWorkSession } from '../../../src/workers/session.ts'
import { inTurn } from '../../../src/workers/links/turn.ts'
import { migrate } from '../data.ts'
import { figures, type Sample } from '../figures.ts'
import { scales } from '../options.ts'
import { atLeast, atMost, type Row } from '../row.ts'
import { createEnding } from '../ending.ts'

const DATABASE = 'event_detector_bench_links'
const STEP = 50_000

/** Every third invocation names a job in a token of its record; no link is recorded. 5 KB of payload, 3 KB as Postgres stores it. */
const invocations = (from: number, to: number): string => `
insert into public.invocations (id, created_at, source_function, source_event_payload, status, total_duration_ms)
select lpad(to_hex(n), 32, '0')::uuid,
       '2026-10-01T00:00:00Z'::timestamptz + n * interval '20 ms',
       'on-order-' || n % 40,
       jsonb_build_object('event', jsonb_build_object('op', 'UPDATE', 'session_variables', jsonb_build_object('x-hasura-role', 'admin'), 'data', jsonb_build_object('new', jsonb_build_object(
         'id', n,
         'updated_by', case when n % 3 = 0 then 'shop|' || md5(n::text) || '|' || lpad(to_hex(n / 3), 32, '0')::uuid else 'system' end,
         'lines', (select jsonb_agg(jsonb_build_object('sku', md5((n * 31 + i)::text), 'title', 'speckled teapot, packed by hand', 'note', md5((n * 17 + i)::text) || md5((n * 13 + i)::text), 'quantity', i))
                     from generate_series(1, 26) i))))),
       'completed',
       100
  from generate_series(${from}::bigint, ${to}::bigint) n`

/** One event and one job an invocation, of the same id; a job lasts until the end of time, so that no link is ambiguous. */
const parts = `
insert into public.event_executions (id, invocation_id, created_at, event_name) select i.id, i.id, i.created_at, 'order.paid' from public.invocations i;
insert into public.job_executions (id, invocation_id, event_execution_id, created_at, job_name, status)
select i.id, i.id, i.id, i.created_at, 'capture-payment', 'running' from public.invocations i`

/** A scan of a database whose links are all lost, and another one when all are found. */
export const links: Row = {
  name: 'links',
  async run({ server, data }) {
    const ending = createEnding()
    const count = data.scale === '100k_thin' ? scales['100k'] : scales[data.scale]
    try {
      ending.add(() => server.drop(DATABASE))
      await server.create(DATABASE)
      const url = server.url(DATABASE)
      await migrate(url)
      await fillLost(url, count)
      const first = await scan(url)
      const again = await scan(url)
      const expected = Math.floor(count / 3)
      if (first.recovered !== expected || again.written !== 0)
        throw new Error(`${first.recovered} of ${expected} links were recovered, and ${again.written} written again`)
      return {
        work: `batches of a scan of ${count} invocations of 5 KB, a third of which name a job`,
        sides: { 'all are lost': figures([first.sample]), 'all are found': figures([again.sample]) },
        goals: [
          atLeast('invocations examined a second', first.examined / first.sample.seconds, 20_000, ''),
          atMost('the slowest batch in a hundred', figures([first.sample]).p99, 100, 'ms'),
          atMost('memory in the last quarter to the second', first.memory, 1.1),
        ],
      }
    } finally {
      await ending.run()
    }
  },
}

/** Fills a database with so many invocations, whose links are all lost. */
export async function fillLost(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // The triggers would look every foreign key up.
    await client.query('set session_replication_role = replica; set synchronous_commit = off')
    for (let from = 1; from <= count; from += STEP)
      await client.query(invocations(from, Math.min(count, from + STEP - 1)))
    await client.query(parts)
    await client.query('vacuum (analyze) public.invocations, public.event_executions, public.job_executions')
  } finally {
    await client.end()
  }
}

interface Scanned {
  sample: Sample
  examined: number
  recovered: number
  written: number
  /** The most that this process held in the last quarter, divided by the most in the second. */
  memory: number
}

async function scan(url: string): Promise<Scanned> {
  const sample: Sample = { times: [], firsts: [], seconds: 0, bytes: 0, cpu: undefined }
  const held: number[] = []
  const { signal } = new AbortController()
  const writer = await openWorkSession({ connectionString: url }, 'links', { warn: () => undefined })
  try {
    return await inTurn(writer, { what: 'bench', signal, say: () => undefined }, async (lease) => {
      const began = performance.now()
      let last = began
      const progress = (): void => {
        const now = performance.now()
        sample.times.push(now - last)
        held.push(process.memoryUsage().rss)
        last = now
      }
      const { examined, counts, written } = await scanLinks(
        {
          writer,
          examiner: examinerOf({ maxAge: 3_600_000, paths: [] }),
          window: { from: null, to: null },
          signal,
          progress,
        },
        { lease, name: 'bench' },
      )
      sample.seconds = (performance.now() - began) / 1000
      const most = (quarter: number): number =>
        Math.max(...held.slice((quarter * held.length) / 4, ((quarter + 1) * held.length) / 4))
      const memory = most(3) / most(1)
      return { sample, examined, recovered: counts.recovered, written, memory }
    })
  } finally {
    await writer.end()
  }
}
