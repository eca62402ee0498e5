import type { AddressInfo } from 'node:net'
import { totalmem } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApp, type Deps } from '../app.ts'
import { checkIds } from '../reading/check-ids.ts'
import { checkStatuses } from '../reading/check-statuses.ts'
import { checkReadable, checkRights, checkTables, checkTemporaryFiles } from '../reading/check-tables.ts'
import type { Config } from '../config/groups.ts'
import { descriptorsOf, roomWithin } from '../config/descriptors.ts'
import { connectionsPerAddress, memoryWithin } from '../config/limits.ts'
import { refuseOthers } from '../db/migrate/stops.ts'
import { createReader, type ReaderPool } from '../db/pool/pool.ts'
import { waitForDatabase } from '../db/wait.ts'
import { builtDashboard } from './dashboard.ts'
import { readKeysOnHangup, logExposure } from './exposure.ts'
import { holdsDemo } from '../demo/ground.ts'
import { loadDemo } from '../demo/load.ts'
import type { RowRules } from '../domain/liveness.ts'
import { rollupTables, summaryTables } from '../domain/rollup/own-tables.ts'
import type { SearchSettings } from '../domain/search/settings.ts'
import { knownStatuses, type Statuses } from '../domain/model/status.ts'
import type { Stage } from '../http/lifecycle/startup-gate.ts'
import { serviceWorker, type WorkerTasks } from './service-worker.ts'
import { listen } from './listen.ts'
import { createLog } from '../log.ts'
import { migrateOptions, migrateOrCheck } from './migrations.ts'
import { decideLinkRecovery } from '../reading/links/recovery.ts'
import { lostLinks, type LostLinks } from '../reading/links/lost.ts'
import { anyInvocation } from '../queries/health.ts'
import { decideSearchIndex } from '../reading/search/index-use.ts'
import { decideRollups } from '../reading/rollups/use.ts'
import { readStatuses } from '../reading/statuses.ts'
import { onSignal } from './signals.ts'
import { openSource, type Source } from './open-database.ts'

// Not the default of `npm run demo`, which is then free to add to it.
const DEMO_SEED = 1
/** Of the time to stop, for the answers that are under way; what is left is for the database. */
const STOP_SHARE = 0.8
const LOST_LINKS_EVERY = 600_000
/** Of a database that holds demo data, beside its own rows or not. */
const INVENTED = 'The database holds demo data: rows of the systems demo-… are invented.'

/** The service, from the first log line to the last. The process listens at once and answers 503 until the database is ready. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel, process.stdout.isTTY)
  readKeysOnHangup(config.access, log)
  const stage: Stage = { name: 'starting' }
  const stopping = new AbortController()
  const db = createReader()
  const room = roomWithin(descriptorsOf(), config.limits)
  const settings = settingsOf(config, room.connections)
  const notes: string[] = []
  const lost = lostLinks(db, settings.links, settings.rules)
  const worker = serviceWorker(config, log, stopping.signal)
  const app = await buildApp({
    db,
    ...settings,
    dashboard: config.dashboard ? await builtDashboard(log) : undefined,
    life: { stage, log, stopGrace: STOP_SHARE * config.shutdown.timeout, lost, notes, worker, ticks: true },
  })
  logExposure(config.access, log)
  if (room.told !== undefined) log.warn(room.told)
  let source: Promise<Source> | undefined
  let preparing: Promise<WorkerTasks> | undefined
  const enter: Starting['enter'] = (name) => {
    stopping.signal.throwIfAborted()
    stage.name = name
  }
  const stop = async (): Promise<void> => {
    stage.name = 'stopping'
    stopping.abort()
    // A migration that is under way cancels its statement: an index build would outlive this process.
    await Promise.all([app.close(), preparing?.catch(() => undefined), worker.stop()])
    await db.end()
    await (await source?.catch(() => undefined))?.stop()
  }
  onSignal(async (signal) => {
    log.info({ signal }, 'stopping')
    stage.name = 'stopping'
    // Whoever asks for readiness must be able to see it before connections are refused.
    await pause(config.shutdown.delay)
    await stop()
    log.info('stopped')
  }, config.shutdown.delay + config.shutdown.timeout)
  const fail = async (cause: unknown): Promise<never> => {
    setTimeout(() => process.exit(1), config.shutdown.timeout).unref()
    const { message } = cause as Error
    log.fatal((await (await source?.catch(() => undefined))?.explain(message)) ?? message)
    log.debug({ err: cause }, 'where that came from')
    await stop()
    return process.exit(1)
  }
  try {
    await listen(app, config.listen)
    source = openSource(config.database, (message) => log.info(message))
    preparing = source.then((opened) =>
      prepare(config, opened, { enter, db, ...settings, log, signal: stopping.signal }),
    )
    const tasks = await preparing
    if (await holdsDemo(db)) notes.push(INVENTED)
    sayWhere(app, log)
    worker.start(await source, tasks)
    void sayLostLinks(lost, log)
    await (
      await source
    ).exited
    if (!stopping.signal.aborted) throw new Error('the embedded Postgres ended by itself')
  } catch (error) {
    if (!stopping.signal.aborted) await fail(error)
  }
}

/** Nothing waits for it: a start is neither delayed by it nor ended. It is looked at again while the service runs, for readiness tells it. */
async function sayLostLinks(lost: LostLinks, log: Logger): Promise<void> {
  const text = await lost.look()
  if (text !== undefined) log.warn(text)
  setInterval(() => void lost.look(), LOST_LINKS_EVERY).unref()
}

/** What the configuration says of the HTTP service, which has room for so many connections. */
export function settingsOf(
  { access, limits, rules, links, search }: Config,
  connections = limits.connections,
): Pick<Deps, 'access' | 'limits' | 'rules' | 'links' | 'search' | 'statuses'> {
  const available = Math.min(process.constrainedMemory() || Infinity, totalmem())
  return {
    access,
    limits: {
      ...limits,
      connections,
      connectionsPerAddress: limits.connectionsPerAddress ?? connectionsPerAddress(connections),
      memory: limits.memory ?? memoryWithin(available),
    },
    rules: { ...rules, linkWay: 'column' },
    links,
    search: { ...search, indexed: false },
    statuses: { ...knownStatuses },
  }
}

export interface Starting {
  /** Moves on to a stage; throws where the service is stopping. */
  enter: (stage: Stage['name']) => void
  db: ReaderPool
  /** Gets the words that the database names. */
  statuses: Statuses
  /** Gets where links are read. */
  rules: RowRules
  /** Gets whether the index is read. */
  search: SearchSettings
  log: Logger
  signal: AbortSignal
}

/** Database reachable → its tables looked at → migrations → demo data → ready. Resolves to what its worker does. Throws a sentence where this database cannot be served. */
export async function prepare(
  config: Config,
  source: Source,
  { enter, db, statuses, rules, search, log, signal }: Starting,
): Promise<WorkerTasks> {
  const { connection } = source
  await waitForDatabase({
    config: connection,
    patience: config.database.patience,
    signal,
    log: (message) => log.warn(message),
  })
  log.info(`database: ${source.name}`)
  const { poolSize: size, connectTimeout, statementTimeout, lockTimeout } = config.database
  db.start({
    url: connection.connectionString,
    ssl: connection.ssl,
    size,
    connectTimeout,
    statementTimeout,
    lockTimeout,
    log,
  })
  await checkTemporaryFiles(db)
  await refuseOthers(migrateOptions(config.migrations, source, log, signal))
  await checkRights(db)
  await checkTables(db, log)
  await checkIds(db, log)
  await checkStatuses(db, log)
  enter('migrating')
  await migrateOrCheck(config.migrations, source, log, signal)
  await checkReadable(db)
  Object.assign(statuses, await readStatuses(db))
  const { linkWay, writes, told, less } = await decideLinkRecovery(db, config.links.recovery)
  log[less ? 'warn' : 'info'](told)
  const rollups = await decideRollups(db, config.rollups, rollupTables)
  const summaries = await decideRollups(db, config.rollups, summaryTables)
  const index = await decideSearchIndex(db, config.searchIndex)
  for (const { told: use } of [rollups, summaries, index]) log.info(use)
  Object.assign(rules, { linkWay, rollups: rollups.read, summaries: summaries.read })
  Object.assign(search, { indexed: index.read })
  if (source.embedded && (await holdsDemo(db)))
    log.info('demo data: what is shown was invented, and loaded by an earlier start')
  else if (source.embedded && config.demo.load && !(await anyInvocation(db))) {
    enter('loading demo data')
    log.info(`loading ${config.demo.invocations} invocations of demo data, once`)
    const { invocations, jobs, events, seconds } = await loadDemo(connection, {
      invocations: config.demo.invocations,
      seed: DEMO_SEED,
      signal,
    })
    log.info(
      `demo data: ${invocations} invocations, ${events} events, ${jobs} jobs of an invented shop, in ${seconds.toFixed(1)} s (DEMO=off declines)`,
    )
  }
  enter('ready')
  return {
    links: writes,
    rollups: rollups.keep ? linkWay : 'off',
    summaries: summaries.keep ? rules : 'off',
    search: index.keep,
  }
}

function sayWhere(app: FastifyInstance, log: Logger): void {
  const { address, port, family } = app.server.address() as AddressInfo
  const any = address === '0.0.0.0' || address === '::'
  const base = `http://${any ? 'localhost' : family === 'IPv6' ? `[${address}]` : address}:${port}`
  log.info(`ready: open ${base}/ (or ${base}/docs)`)
}
