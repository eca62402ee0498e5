import cliProgress from 'cli-progress'
import pg from 'pg'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { openWriter } from '../../src/db/writer.ts'
import { copyRows } from '../../src/demo/copy.ts'
import { loadDemo } from '../../src/demo/load.ts'
import { migrationsFolder } from '../../src/commands/migrations.ts'
import { scales, type Scale } from './options.ts'
import type { Server } from './server.ts'
import { shapes, specialRows, type ShapeName } from './special-trees.ts'

/** Beside the scales, 100,000 invocations as thin as the millions and without special trees: what the millions are compared with; and each with all its links in our table alone. */
export type DataName = Rows | `${Scale}_kept`
type Rows = Scale | '100k_thin'

/** A loaded data set. Its last 24 hours are [from, to). */
export interface DataSet {
  name: DataName
  /** Which rows it has. */
  scale: Rows
  url: string
  seed: number
  from: string
  to: string
  counts: { invocations: number; events: number; jobs: number; links: number }
}

/** Change it with the data: an older data set is loaded anew. */
const VERSION = 1
const SEED = 7
/** The end of the data's 30 days. A constant, so that the same rows come out on every machine and day; requests name their window. */
const NOW = Date.parse('2026-11-01T12:00:00Z')
const DAY = 86_400_000

const databaseOf = (scale: DataName) => `event_detector_bench_${scale}`

/** The data sets of these scales, loaded where they are not there yet, and with all migrations. */
export async function openData(server: Server, wanted: DataName[], reload: boolean): Promise<DataSet[]> {
  const missing: DataName[] = []
  for (const scale of wanted) if (reload || !(await isLoaded(server, scale))) missing.push(scale)
  if (missing.length > 0) {
    await server.whileLoading(async () => {
      for (const scale of missing) await load(server, scale)
    })
  }
  for (const scale of wanted) await migrate(server.url(databaseOf(scale)))
  return Promise.all(wanted.map((scale) => describe(server, scale)))
}

async function isLoaded(server: Server, scale: DataName): Promise<boolean> {
  if (!(await server.exists(databaseOf(scale)))) return false
  return withClient(server.url(databaseOf(scale)), async (client) => {
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('bench.data_set') is not null as there`)
    if (rows[0]?.there !== true) return false
    return (await client.query('select 1 from bench.data_set where version = $1', [VERSION])).rowCount === 1
  })
}

/** 100k has the full proportions; beyond, payloads are thin, or 10m would take 100 GB. */
async function load(server: Server, name: DataName): Promise<void> {
  const database = databaseOf(name)
  const kept = name.endsWith('_kept')
  const scale = rowsOf(name)
  process.stdout.write(`loading ${name} invocations into ${database}, once\n`)
  await server.create(database)
  const url = server.url(database)
  await migrate(url)
  const invocations = scale === '100k_thin' ? scales['100k'] : scales[scale]
  const bar = progress('invocations', invocations)
  await loadDemo(url, {
    invocations,
    seed: SEED,
    thin: scale !== '100k',
    now: new Date(NOW),
    progress: (done) => bar.update(done),
  }).finally(() => bar.stop())
  if (scale !== '100k_thin') await loadShapes(url)
  if (kept) await keepLinks(url)
  await withClient(url, async (client) => {
    await client.query('vacuum (analyze) invocations, event_executions, job_executions, observability_links')
    await client.query('create schema bench')
    await client.query(`
      create table bench.data_set as
      select ${VERSION} as version,
             (select count(*) from invocations) as invocations,
             (select count(*) from event_executions) as events,
             (select count(*) from job_executions) as jobs,
             (select count(*) from invocations where source_job_id is not null) + (select count(*) from observability_links) as links`)
    await client.query('checkpoint')
  })
}

/** Moves all links to our table. The rows stay in the order of their time, as a writer leaves them. */
async function keepLinks(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`
      alter table invocations disable trigger user;
      insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
      select id, created_at, source_job_id, 'recovered', 1, '' from invocations where source_job_id is not null order by created_at;
      update invocations set source_job_id = null where source_job_id is not null;
      alter table invocations enable trigger user`)
    await client.query('cluster invocations using idx_invocations_created_at')
  })
}

/** Ten days before the end, so that the last 24 hours are those of the shop alone. */
async function loadShapes(url: string): Promise<void> {
  const bar = progress(
    'nodes of special trees',
    Object.values(shapes).reduce((sum, { nodes }) => sum + nodes, 0),
  )
  const writer = await openWriter({ connection: { connectionString: url }, name: 'bench' })
  let start = NOW - 10 * DAY
  for (const name of Object.keys(shapes) as ShapeName[]) {
    await writer.transaction(async (session) => {
      for (const rows of specialRows(name, (start += 60_000))) {
        await copyRows(session, rows)
        bar.increment(rows.invocations.length)
      }
    })
  }
  await writer.end()
  bar.stop()
}

function rowsOf(name: DataName): Rows {
  return name.replace('_kept', '') as Rows
}

async function describe(server: Server, name: DataName): Promise<DataSet> {
  const url = server.url(databaseOf(name))
  const counts = await withClient(url, async (client) => {
    const { rows } = await client.query<Record<keyof DataSet['counts'], string>>(
      'select invocations, events, jobs, links from bench.data_set',
    )
    return Object.fromEntries(
      Object.entries(rows[0] ?? {}).map(([name, count]) => [name, Number(count)]),
    ) as DataSet['counts']
  })
  return {
    name,
    scale: rowsOf(name),
    url,
    seed: SEED,
    from: new Date(NOW - DAY).toISOString(),
    to: new Date(NOW).toISOString(),
    counts,
  }
}

/** All migrations, or up to one by its number. */
export async function migrate(url: string, to?: string): Promise<void> {
  const log = {
    info: () => undefined,
    warn: (_details: unknown, message?: string) => void process.stderr.write(`${message ?? ''}\n`),
  }
  await migrateUp({ connection: { connectionString: url }, folder: migrationsFolder, log }, { to })
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function progress(what: string, total: number): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar(
    {
      format: `{bar} {percentage} % | {value} of {total} ${what} | {eta_formatted} left`,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
    },
    cliProgress.Presets.shades_classic,
  )
  bar.start(total, 0)
  return bar
}
