import { parseArgs } from 'node:util'
import cliProgress from 'cli-progress'
import { pino, type Logger } from 'pino'
import { buildApp } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { limitsOf } from './config/limits.ts'
import { migrationStatus } from './db/migrate/check.ts'
import { migrateDown } from './db/migrate/down.ts'
import { migrateUp } from './db/migrate/migrate.ts'
import { createDb } from './db/pool.ts'
import { checkGroundFirst } from './demo/ground.ts'
import { liveDemo } from './demo/live.ts'
import { loadDemo, type DemoOptions } from './demo/load.ts'
import { makeApiKey } from './domain/api-key.ts'
import { parseScopes } from './domain/scope.ts'
import { createLog } from './log.ts'
import { migrateOrCheck, migrationsFolder, serve } from './main.ts'
import { joinSource, type Source } from './source.ts'

const USAGE = `usage:
  serve                                   the service (npm start)
  migrate up [--to NNN]                   run the migrations that are pending
  migrate down [--to NNN | --steps N] [--destroy]
                                          revert the last one, the last N, or all down to NNN, itself included;
                                          refuses where rows or links would be lost, unless --destroy is given
  migrate status                          what is recorded and what is in place
  demo [--invocations N] [--seed N] [--thin] [--force] [--live [--per-minute N]]
                                          5000 by default; the tree of 5,000 nodes is there from 20,000 invocations on
  key --name NAME [--scopes read,read:payload,metrics] [--expires INSTANT]
                                          make an API key: printed once, with its entry for API_KEYS_FILE
  openapi                                 print the OpenAPI document
The environment says which database; see the README.`

/** A command line that means nothing: answered with the usage. */
class UsageError extends Error {}

async function run(argv: string[]): Promise<void> {
  const [command, ...rest] = argv
  if (command === 'serve' && rest.length === 0) return serve(readConfig(process.env))
  if (command === 'openapi' && rest.length === 0) return printOpenapi()
  if (command === 'key') return key(rest)
  if (command === 'migrate') return migrate(rest)
  if (command === 'demo') return demo(rest)
  throw new UsageError(command === undefined ? 'no command was given' : `there is no command "${argv.join(' ')}"`)
}

async function printOpenapi(): Promise<void> {
  const app = await buildApp({ db: createDb(), stage: { name: 'ready' }, log: pino({ level: 'silent' }), requestTimeout: 1000, streamTimeout: 1000, limits: limitsOf(readConfig({}), Number.MAX_SAFE_INTEGER), origins: [], proxies: [], stopGrace: 1000, redactions: [], anonymousScopes: [], credentials: undefined, loopbackNamesOnly: false })
  await app.ready()
  process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`)
}

function key(argv: string[]): void {
  const { values: { name = '', scopes, expires } } = parsed(() => parseArgs({ args: argv, options: { name: { type: 'string' }, scopes: { type: 'string', default: 'read' }, expires: { type: 'string' } } }))
  const made = parsed(() => makeApiKey({ name, scopes: parseScopes(scopes) ?? [], ...(expires === undefined ? {} : { expires }) }))
  print(`the key, which is shown this once: ${made.key}`)
  print(`its entry in the array of API_KEYS_FILE: ${JSON.stringify(made.entry)}`)
}

async function migrate(argv: string[]): Promise<void> {
  const { values, positionals } = parsed(() => parseArgs({ args: argv, allowPositionals: true, options: { to: { type: 'string' }, steps: { type: 'string' }, destroy: { type: 'boolean' } } }))
  const [direction, ...more] = positionals
  if (!['up', 'down', 'status'].includes(direction ?? '') || more.length > 0) throw new UsageError('migrate takes one of up, down, status')
  if (direction !== 'down' && values.steps !== undefined) throw new UsageError(`migrate ${direction} takes no --steps`)
  if (direction !== 'down' && values.destroy !== undefined) throw new UsageError(`migrate ${direction} takes no --destroy`)
  if (direction === 'status' && values.to !== undefined) throw new UsageError('migrate status takes no --to')
  if (values.steps !== undefined && values.to !== undefined) throw new UsageError('migrate down takes --to or --steps, not both')
  await withSource(async ({ connection }, log, signal) => {
    const options = { connection, folder: migrationsFolder, log, signal }
    if (direction === 'status') {
      for (const { name, state, missing } of await migrationStatus(options)) print(`${state.padEnd(9)} ${name}${missing.length > 0 ? `  lacks: ${missing.join(', ')}` : ''}`)
    } else if (direction === 'up') {
      const { applied, adopted, already } = await migrateUp(options, { to: values.to })
      print(`ran: ${applied.join(', ') || 'nothing'}; found in place: ${adopted.join(', ') || 'nothing'}; recorded before: ${already}`)
    } else {
      const { reverted } = await migrateDown(options, { to: values.to, steps: values.steps === undefined ? undefined : whole('--steps', values.steps, 1, 1000), destroy: values.destroy })
      print(`reverted: ${reverted.join(', ')}`)
    }
  })
}

async function demo(argv: string[]): Promise<void> {
  const { values } = parsed(() => parseArgs({
    args: argv,
    options: {
      invocations: { type: 'string' }, seed: { type: 'string', default: '7' }, 'per-minute': { type: 'string', default: '60' },
      thin: { type: 'boolean', default: false }, force: { type: 'boolean', default: false }, live: { type: 'boolean', default: false },
    },
  }))
  const { thin, force, live } = values
  const seed = whole('--seed', values.seed, 0, 4_294_967_295)
  const perMinute = whole('--per-minute', values['per-minute'], 1, 600)
  const asked = values.invocations ?? (live ? undefined : '5000')
  const invocations = asked === undefined ? undefined : whole('--invocations', asked, 1, 50_000_000)
  await withSource(async (source, log, signal, config) => {
    const { connection, name } = source
    print(`database: ${name}`)
    await checkGroundFirst(connection, force)
    await migrateOrCheck(config, source, log, signal)
    if (invocations !== undefined) await load(connection, { invocations, seed, thin, force, signal })
    if (live) await liveDemo(connection, { seed, perMinute, force, signal, log: print })
  })
}

async function load(connection: Source['connection'], options: DemoOptions): Promise<void> {
  const bar = new cliProgress.SingleBar({ format: '{bar} {percentage} % | {value} of {total} invocations | {eta_formatted} left' }, cliProgress.Presets.shades_classic)
  bar.start(options.invocations, 0)
  const loaded = await loadDemo(connection, { ...options, progress: (done) => bar.update(done) }).finally(() => bar.stop())
  print(`${loaded.invocations} invocations, ${loaded.events} events, ${loaded.jobs} jobs in ${loaded.seconds.toFixed(1)} s`)
}

/** Works on the database of the environment, which is closed again at the end; SIGINT and SIGTERM abort the signal. */
async function withSource(work: (source: Source, log: Logger, signal: AbortSignal, config: Config) => Promise<void>): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, process.stdout.isTTY)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))
  const source = await joinSource(config, (message) => log.info(message))
  try {
    await work(source, log, stopping.signal, config)
  } finally {
    await source.stop()
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) throw new UsageError(`${name} is ${text}; allowed is a whole number from ${least} to ${most}`)
  return value
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const { message } = error as Error
  process.stderr.write(error instanceof UsageError ? `${message}\n\n${USAGE}\n` : `${message}\n`)
  process.exitCode = 1
}
