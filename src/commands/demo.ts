import cliProgress from 'cli-progress'
import { refuseToWrite } from '../db/migrate/stops.ts'
import { checkGroundFirst } from '../demo/ground.ts'
import { liveDemo } from '../demo/live.ts'
import { loadDemo, type DemoOptions } from '../demo/load.ts'
import { migrateOptions, migrateOrCheck } from './migrations.ts'
import { onDatabase } from './on-database.ts'
import type { Source } from './open-database.ts'
import { print } from './print.ts'
import { options, UsageError, whole } from './usage.ts'

/** `demo …`: fills a database with invented invocations, or goes on writing some. Throws UsageError, or the sentence of what stands in the way. */
export async function demo(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { values } = options({
    args: argv,
    options: {
      invocations: { type: 'string' },
      seed: { type: 'string', default: '7' },
      'per-minute': { type: 'string' },
      thin: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
    },
  })
  const { thin, force, live } = values
  if (values['per-minute'] !== undefined && !live) throw new UsageError('--per-minute needs --live')
  const seed = whole('--seed', values.seed, 0, 4_294_967_295)
  const perMinute = whole('--per-minute', values['per-minute'] ?? '60', 1, 600)
  const asked = values.invocations ?? (live ? undefined : '5000')
  const invocations = asked === undefined ? undefined : whole('--invocations', asked, 1, 50_000_000)
  await onDatabase(env, async (source, log, signal, config) => {
    const { connection, name } = source
    print(`database: ${name}`)
    await refuseToWrite(migrateOptions(config.migrations, source, log, signal))
    await checkGroundFirst(connection, force)
    await migrateOrCheck(config.migrations, source, log, signal)
    if (invocations !== undefined) await load(connection, { invocations, seed, thin, force, signal })
    if (live) await liveDemo(connection, { seed, perMinute, force, signal, log: print })
  })
}

async function load(connection: Source['connection'], wanted: DemoOptions): Promise<void> {
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {percentage} % | {value} of {total} invocations | {eta_formatted} left' },
    cliProgress.Presets.shades_classic,
  )
  bar.start(wanted.invocations, 0)
  const loaded = await loadDemo(connection, { ...wanted, progress: (done) => bar.update(done) }).finally(() =>
    bar.stop(),
  )
  print(
    `${loaded.invocations} invocations, ${loaded.events} events, ${loaded.jobs} jobs in ${loaded.seconds.toFixed(1)} s`,
  )
}
