import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { changeLinks } from '../../../src/workers/links/change.ts'
import { examinerOf } from '../../../src/workers/links/examine.ts'
import { mending } from '../../../src/workers/links/mend.ts'
import { scanLinks } from '../../../src/workers/links/scan.ts'
import { openWorkSession } from '../../../src/workers/session.ts'
import { inTurn } from '../../../src/workers/links/turn.ts'
import { migrate } from '../data.ts'
import { createEnding } from '../ending.ts'
import { figures, type Sample } from '../figures.ts'
import { scales } from '../options.ts'
import { atMost, type Row } from '../row.ts'
import { fillLost } from './links.ts'

const DATABASE = 'event_detector_bench_mend'
const MOST = 300_000
/** Invocations of one upsert, and how far from the place of the mending they are taken. */
const ROWS = 20
const NEAR = 3000
const ALL = { from: null, to: null }
const { signal } = new AbortController()

/** The writer's multi-row upserts of the very rows that are being mended, and how long the slowest one takes; then beside a job that deletes jobs. */
export const mend: Row = {
  name: 'mend',
  async run({ server, data }) {
    const ending = createEnding()
    const count = Math.min(MOST, data.scale === '100k_thin' ? scales['100k'] : scales[data.scale])
    try {
      ending.add(() => server.drop(DATABASE))
      await server.create(DATABASE)
      const url = server.url(DATABASE)
      await migrate(url)
      await fillLost(url, count)
      const pool = new pg.Pool({ connectionString: url, max: 4 })
      // Postgres ends what is idle when the database is dropped.
      pool.on('error', () => undefined)
      ending.add(() => pool.end())
      const mended = await side(url, pool, count, false)
      const without = await upserts(pool, count, pause(mended.seconds * 1000))
      await pool.query(`update public.observability_links set state = 'recovered' where state = 'mended'`)
      await pool.query('update public.invocations set source_job_id = null where source_job_id is not null')
      // What these wrote leaves for the disk now: of 1,600 upserts one waited 0.9 s for it, and that would be told of the mending.
      await pool.query('checkpoint')
      const beside = await side(url, pool, count, true)
      const retentionAlone = await withRetention(pool, count, (ended) => upserts(pool, count, ended), beside.seconds)
      return {
        work: `upserts of ${ROWS} invocations near the place of the mending, of ${count}, a third of which are mended`,
        sides: {
          'while mending': figures([mended.sample]),
          without: figures([without]),
          'mending and retention': figures([beside.sample]),
          'retention alone': figures([retentionAlone]),
        },
        goals: [
          atMost(
            'the slowest upsert while mending, less that without',
            slowest(mended.sample) - slowest(without),
            200,
            'ms',
          ),
          atMost('the same beside a retention job', slowest(beside.sample) - slowest(retentionAlone), 200, 'ms'),
        ],
      }
    } finally {
      await ending.run()
    }
  },
}

const slowest = ({ times }: Sample): number => Math.max(...times)

/** Finds all links, and mends them while upserts go on. */
async function side(
  url: string,
  pool: pg.Pool,
  count: number,
  retention: boolean,
): Promise<{ sample: Sample; seconds: number }> {
  const writer = await openWorkSession({ connectionString: url }, 'links', { warn: () => undefined })
  try {
    return await inTurn(writer, { what: 'bench', signal, say: () => undefined }, async (lease) => {
      const examiner = examinerOf({ maxAge: 3_600_000, paths: [] })
      await scanLinks({ writer, examiner, window: ALL, signal }, { lease, name: 'bench' })
      const began = performance.now()
      let place = 0
      const work = changeLinks(mending, {
        writer,
        lease,
        window: ALL,
        signal,
        patience: 5000,
        progress: ({ changed }) => (place = 3 * changed),
      })
      const sampled = (ended: Promise<unknown>): Promise<Sample> => upserts(pool, count, ended, () => place)
      const sample = retention ? await withRetention(pool, count, () => sampled(work)) : await sampled(work)
      const { skipped } = await work
      if (skipped > 0) throw new Error(`${skipped} links were not mended`)
      return { sample, seconds: (performance.now() - began) / 1000 }
    })
  } finally {
    await writer.end()
  }
}

/** Upserts until `ended` resolves. */
async function upserts(
  pool: pg.Pool,
  count: number,
  ended: Promise<unknown>,
  place: () => number = () => Math.floor(Math.random() * count),
): Promise<Sample> {
  const sample: Sample = { times: [], firsts: [], seconds: 0, bytes: 0, cpu: undefined }
  const over = new AbortController()
  const end = (): void => over.abort()
  ended.then(end, end)
  const began = performance.now()
  while (!over.signal.aborted) {
    const from = place()
    const ids = Array.from({ length: ROWS }, () => 1 + ((from + Math.floor(Math.random() * NEAR)) % count))
    const asked = performance.now()
    await pool.query(UPSERT, [ids])
    sample.times.push(performance.now() - asked)
  }
  sample.seconds = (performance.now() - began) / 1000
  return sample
}

const UPSERT = `
insert into public.invocations (id, created_at, source_function, source_event_payload, status, total_duration_ms)
select distinct on (i.id) i.id, i.created_at, i.source_function, i.source_event_payload, i.status, i.total_duration_ms + 1
  from public.invocations i
 where i.id = any (select lpad(to_hex(n), 32, '0')::uuid from unnest($1::bigint[]) n)
    on conflict (id) do update
   set status = excluded.status,
       total_duration_ms = excluded.total_duration_ms`

/** Deletes the last jobs, 20 in a transaction, every 100 ms while the work goes on. `seconds`: how long work without an end of its own goes on. */
async function withRetention(
  pool: pg.Pool,
  count: number,
  work: (ended: Promise<unknown>) => Promise<Sample>,
  seconds = 0,
): Promise<Sample> {
  const over = new AbortController()
  const deleting = (async () => {
    for (let last = Math.floor(count / 3); !over.signal.aborted && last > 20; last -= 20) {
      await pool.query(
        `delete from public.job_executions where id = any (select lpad(to_hex(n), 32, '0')::uuid from generate_series($1::bigint, $2::bigint) n)`,
        [last - 19, last],
      )
      await pause(100)
    }
  })()
  // Also if the work fails: whoever deletes from a pool that has ended would hide why.
  try {
    return await work(pause(seconds * 1000))
  } finally {
    over.abort()
    await deleting
  }
}
