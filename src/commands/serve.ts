import type { AddressInfo } from 'node:net'
import { totalmem } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApp, type Deps } from '../app.ts'
import { checkReadable, checkRights, checkTables } from '../reading/check-tables.ts'
import type { Config } from '../config/read.ts'
import { descriptorsOf, roomWithin } from '../config/descriptors.ts'
import { limitsOf } from '../config/limits.ts'
import { refuseOthers } from '../db/migrate/stops.ts'
import { createDb, type PoolDb } from '../db/pool/pool.ts'
import { waitForDatabase } from '../db/wait.ts'
import { readKeysOnHangup, logExposure } from './exposure.ts'
import { holdsDemo } from '../demo/ground.ts'
import { loadDemo } from '../demo/load.ts'
import type { Stage } from '../http/lifecycle/startup-gate.ts'
import { listen } from './listen.ts'
import { createLog } from '../log.ts'
import { migrateOptions, migrateOrCheck } from './migrations.ts'
import { anyInvocation } from '../queries/health.ts'
import { onSignal } from './signals.ts'
import { openSource, type Source } from './open-database.ts'

// Not the default of `npm run demo`, which is then free to add to it.
const DEMO_SEED = 1

/** The service, from the first log line to the last. The process listens at once and answers 503 until the database is ready. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.LOG_LEVEL, process.stdout.isTTY)
  readKeysOnHangup(config, log)
  const stage: Stage = { name: 'starting' }
  const stopping = new AbortController()
  const db = createDb()
  const room = roomWithin(descriptorsOf(), config)
  const app = await buildApp({ db, stage, log, ...settingsOf(config, room.connections) })
  logExposure(config, log)
  if (room.told !== undefined) log.warn(room.told)
  let source: Promise<Source> | undefined
  let preparing: Promise<void> | undefined
  const enter: Starting['enter'] = (name) => {
    stopping.signal.throwIfAborted()
    stage.name = name
  }
  const stop = async (): Promise<void> => {
    stage.name = 'stopping'
    stopping.abort()
    // A migration that is under way cancels its statement: an index build would outlive this process.
    await Promise.all([app.close(), preparing?.catch(() => undefined)])
    await db.end()
    await (await source?.catch(() => undefined))?.stop()
  }
  onSignal(async (signal) => {
    log.info({ signal }, 'stopping')
    stage.name = 'stopping'
    // Whoever asks for readiness must be able to see it before connections are refused.
    await pause(config.SHUTDOWN_DELAY * 1000)
    await stop()
    log.info('stopped')
  }, (config.SHUTDOWN_DELAY + config.SHUTDOWN_TIMEOUT) * 1000)
  const fail = async (cause: unknown): Promise<never> => {
    setTimeout(() => process.exit(1), config.SHUTDOWN_TIMEOUT * 1000).unref()
    const { message } = cause as Error
    log.fatal((await (await source?.catch(() => undefined))?.explain(message)) ?? message)
    log.debug({ err: cause }, 'where that came from')
    await stop()
    return process.exit(1)
  }
  try {
    await listen(app, { host: config.HOST, port: config.PORT })
    source = openSource(config, (message) => log.info(message))
    preparing = source.then((opened) => prepare(config, opened, { enter, db, log, signal: stopping.signal }))
    await preparing
    sayWhere(app, log)
    await (await source).exited
    if (!stopping.signal.aborted) throw new Error('the embedded Postgres ended by itself')
  } catch (error) {
    if (!stopping.signal.aborted) await fail(error)
  }
}

/** What the configuration says of the HTTP service, which has room for so many connections. */
export function settingsOf(config: Config, connections = config.MAX_CONNECTIONS): Omit<Deps, 'db' | 'stage' | 'log'> {
  const { origins, proxies, redactions, anonymousScopes, credentials } = config
  return {
    origins, proxies, redactions, anonymousScopes, credentials,
    staleKeys: config.JWT_STALE_KEYS * 1000, loopbackNamesOnly: credentials === undefined && config.AUTH === undefined,
    limits: { ...limitsOf(config, Math.min(process.constrainedMemory() || Infinity, totalmem())), connections },
    requestTimeout: config.REQUEST_TIMEOUT * 1000, streamTimeout: config.STREAM_TIMEOUT * 1000, stopGrace: config.SHUTDOWN_TIMEOUT * 800,
  }
}

export interface Starting {
  /** Moves on to a stage; throws where the service is stopping. */
  enter: (stage: Stage['name']) => void
  db: PoolDb
  log: Logger
  signal: AbortSignal
}

/** Database reachable → its tables looked at → migrations → demo data → ready. Throws a sentence where this database cannot be served. */
export async function prepare(config: Config, source: Source, { enter, db, log, signal }: Starting): Promise<void> {
  const { connection } = source
  await waitForDatabase({ config: connection, patience: config.DATABASE_WAIT * 1000, signal, log: (message) => log.warn(message) })
  log.info(`database: ${source.name}`)
  const { POOL_SIZE: size, CONNECT_TIMEOUT, STATEMENT_TIMEOUT, LOCK_TIMEOUT } = config
  db.start({
    url: connection.connectionString, ssl: connection.ssl, size, log,
    connectTimeout: CONNECT_TIMEOUT * 1000, statementTimeout: STATEMENT_TIMEOUT * 1000, lockTimeout: LOCK_TIMEOUT * 1000,
  })
  await refuseOthers(migrateOptions(config, source, log, signal))
  await checkRights(db)
  await checkTables(db, log)
  enter('migrating')
  await migrateOrCheck(config, source, log, signal)
  await checkReadable(db)
  if (source.embedded && (await holdsDemo(db))) log.info('demo data: what is shown was invented, and loaded by an earlier start')
  else if (source.embedded && config.DEMO === 'on' && !(await anyInvocation(db))) {
    enter('loading demo data')
    log.info(`loading ${config.DEMO_INVOCATIONS} invocations of demo data, once`)
    const { invocations, jobs, events, seconds } = await loadDemo(connection, { invocations: config.DEMO_INVOCATIONS, seed: DEMO_SEED, signal })
    log.info(`demo data: ${invocations} invocations, ${events} events, ${jobs} jobs of an invented shop, in ${seconds.toFixed(1)} s (DEMO=off declines)`)
  }
  enter('ready')
}

function sayWhere(app: FastifyInstance, log: Logger): void {
  const { address, port, family } = app.server.address() as AddressInfo
  const any = address === '0.0.0.0' || address === '::'
  const base = `http://${any ? 'localhost' : family === 'IPv6' ? `[${address}]` : address}:${port}`
  log.info(`ready: open ${base}/ (or ${base}/docs)`)
}
