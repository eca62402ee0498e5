import { print } from './print.ts'
import { asksForHelp, options, USAGE, UsageError } from './usage.ts'

const HELP = '--help tells all commands and options\n'

type Work = () => Promise<void> | void

/**
 * Runs the command that the arguments name; resolves to the exit code. What went wrong is one message on stderr; without any command it is the usage.
 * Rejects if the command could not be loaded.
 */
export async function run(argv: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const work = await loaded(argv, env)
  try {
    await work()
    return 0
  } catch (error) {
    const more = argv.length === 0 ? `\n${USAGE}\n` : HELP
    process.stderr.write(`${(error as Error).message}\n${error instanceof UsageError ? more : ''}`)
    return 1
  }
}

/** Loads what the command needs, and no more: `serve` takes 0.7 s of a core to load, `migrate` 0.5 s, `key` 0.1 s. */
async function loaded(argv: string[], env: NodeJS.ProcessEnv): Promise<Work> {
  const [name, ...rest] = argv
  if (asksForHelp(argv)) return () => print(USAGE)
  if (name === 'key') {
    const { newKey } = await import('./key.ts')
    return () => printKey(newKey(rest))
  }
  if (name === 'migrate') {
    const { migrate } = await import('./migrate.ts')
    return () => migrate(rest, env)
  }
  if (name === 'demo') {
    const { demo } = await import('./demo.ts')
    return () => demo(rest, env)
  }
  if (name === 'links') {
    const { links } = await import('./links.ts')
    return () => links(rest, env)
  }
  if (name === 'rollups') {
    const { rollups } = await import('./rollups.ts')
    return () => rollups(rest, env)
  }
  if (name === 'search') {
    const { search } = await import('./search.ts')
    return () => search(rest, env)
  }
  return withoutArguments(argv, env)
}

async function withoutArguments(argv: string[], env: NodeJS.ProcessEnv): Promise<Work> {
  const [name, ...more] = argv
  if (name === 'serve' && more.length === 0) {
    const [{ serve }, { readConfig }] = await Promise.all([import('./serve.ts'), import('../config/read.ts')])
    return () => serve(readConfig(env, { listening: true }))
  }
  if (name === 'openapi' && more.length === 0) return (await import('./openapi.ts')).printOpenapi
  return () => {
    if (name === undefined) throw new UsageError('no command was given')
    // A wrong option says more than a wrong word.
    options({ args: argv, allowPositionals: true })
    throw new UsageError(
      alone.has(name)
        ? `${name} stands alone, and "${more.join(' ')}" was given after it`
        : `there is no command "${name}"; allowed is one of ${commands.join(', ')}`,
    )
  }
}

/** Commands without arguments, and all of them. */
const alone = new Set(['serve', 'openapi'])
const commands = ['serve', 'migrate', 'demo', 'links', 'rollups', 'search', 'key', 'openapi']

function printKey({ key, entry }: { key: string; entry: object }): void {
  print(`the key, which is shown this once: ${key}`)
  print(`its entry in the array of API_KEYS_FILE: ${JSON.stringify(entry)}`)
}
