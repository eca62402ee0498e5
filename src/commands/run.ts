import { readConfig } from '../config/read.ts'
import { demo } from './demo.ts'
import { newKey } from './key.ts'
import { links } from './links.ts'
import { migrate } from './migrate.ts'
import { printOpenapi } from './openapi.ts'
import { print } from './print.ts'
import { serve } from './serve.ts'
import { asksForHelp, options, USAGE, UsageError } from './usage.ts'

/** Runs the command that the arguments name; resolves to the exit code. What went wrong is one message on stderr, with the usage if the command line meant nothing. */
export async function run(argv: string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    await command(argv, env)
    return 0
  } catch (error) {
    const { message } = error as Error
    process.stderr.write(error instanceof UsageError ? `${message}\n\n${USAGE}\n` : `${message}\n`)
    return 1
  }
}

async function command(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [name, ...rest] = argv
  if (asksForHelp(argv)) return print(USAGE)
  if (name === 'key') return key(rest)
  if (name === 'migrate') return migrate(rest, env)
  if (name === 'demo') return demo(rest, env)
  if (name === 'links') return links(rest, env)
  const { positionals } = options({ args: argv, allowPositionals: true })
  if (name === 'serve' && positionals.length === 1) return serve(readConfig(env, { listening: true }))
  if (name === 'openapi' && positionals.length === 1) return printOpenapi()
  throw new UsageError(name === undefined ? 'no command was given' : `there is no command "${argv.join(' ')}"`)
}

function key(argv: string[]): void {
  const made = newKey(argv)
  print(`the key, which is shown this once: ${made.key}`)
  print(`its entry in the array of API_KEYS_FILE: ${JSON.stringify(made.entry)}`)
}
