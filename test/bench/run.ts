import { loadavg } from 'node:os'
import pg from 'pg'
import { buildCommit, buildHere, currentCommit, shortHash } from './build.ts'
import { checkAnswers } from './check.ts'
import { openData, type DataName } from './data.ts'
import { createEnding, endOnSignal, type Ending } from './ending.ts'
import { describeMachine } from './machine.ts'
import { readOptions, usage, type Options } from './options.ts'
import { profiled } from './profile.ts'
import { heading, lines, write, type Reported, type Run } from './report.ts'
import { countHours } from './rollups.ts'
import type { Bench, Row } from './row.ts'
import { rows } from './rows.ts'
import { openServer } from './server.ts'
import { LIMITS, startService, type Service } from './service.ts'

async function main(options: Options, ending: Ending): Promise<void> {
  const asked = chosen(options)
  const load = loadavg()[0] ?? 0
  const server = await openServer(process.env['BENCH_DATABASE_URL'] || undefined, ending)
  const wanted: DataName[] = options.scale === '100k' ? ['100k'] : [options.scale, '100k_thin']
  if (asked.some((row) => row.kept)) wanted.push(`${options.scale}_kept`)
  const opened = await openData(server, wanted, options.reload)
  const [data, small, kept] = ([options.scale, '100k_thin', `${options.scale}_kept`] as const).map((name) =>
    opened.find((each) => each.name === name),
  )
  if (!data) throw new Error('there is no data')
  for (const { name, url } of opened) print(`${name}: ${await countHours(url)}`)
  const folder = buildHere(ending)
  const service = await startService({ name: 'service', folder, url: data.url }, ending)
  const other = options.compare === undefined ? undefined : await startOther(options.compare, data.url, ending)
  const client = new pg.Client({ connectionString: data.url, options: '-c timezone=UTC' })
  client.on('error', () => undefined) // the query under way says so too
  await client.connect()
  ending.add(() => client.end())

  const bench: Bench = {
    server,
    data,
    small,
    kept,
    service,
    other,
    client,
    pace: options.pace,
    start: (name, { url }, ending, probe, env = {}) => startService({ name, folder, url, env }, ending, probe),
  }
  const run: Run = {
    date: new Date().toISOString(),
    commit: currentCommit(),
    comparedWith: options.compare === undefined ? null : shortHash(options.compare),
    machine: describeMachine(server.version, load),
    data: { scale: data.scale, seed: data.seed, counts: data.counts },
    pace: options.pace,
    rows: [],
  }
  print(heading(run))
  print(
    `production defaults, but ${Object.entries(LIMITS)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}: the load comes from one address`,
  )
  for (const one of [service, other]) if (one) print(await checkAnswers(one, data, client))
  for (const row of asked) {
    const reported = await runRow(row, bench, options.profile)
    run.rows.push(reported)
    print(lines(reported))
  }
  print(`\nwritten to ${await write(run)}`)
}

async function runRow(row: Row, bench: Bench, profile: boolean): Promise<Reported> {
  const { service } = bench
  await service.forgetPeak()
  await service.ask({ what: 'reset' })
  const result = profile ? await profiled(service, row.name, () => row.run(bench)) : await row.run(bench)
  const { p99 } = await service.ask<{ p99: number }>({ what: 'delay' })
  return { name: row.name, ...result, peakRss: (await service.memory())?.peak ?? null, loopDelayP99: p99 }
}

/** It only checks the migrations: the data has this commit's. */
async function startOther(ref: string, url: string, ending: Ending): Promise<Service> {
  return startService(
    { name: 'other', folder: buildCommit(ref, ending), url, env: { MIGRATE_ON_START: 'off' } },
    ending,
  )
}

function chosen({ only: names, scale }: Options): Row[] {
  const unknown = names.filter((name) => !rows.some((row) => row.name === name))
  if (unknown.length > 0)
    throw new Error(`there is no row ${unknown.join(', ')}; there are ${rows.map(({ name }) => name).join(', ')}`)
  return rows.filter(
    ({ name, larger }) => (names.length === 0 || names.includes(name)) && !(larger && scale === '100k'),
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

const ending = createEnding()
endOnSignal(ending)
try {
  if (process.argv.includes('--help')) print(usage)
  else await main(readOptions(process.argv.slice(2)), ending)
} catch (error) {
  if (!ending.begun) process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  await ending.run()
}
