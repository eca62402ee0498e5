import { parseArgs, type ParseArgsConfig } from 'node:util'

export const USAGE = `usage:
  serve                                   the service (npm start)
  migrate up [--to NNN]                   run the migrations that are pending, up to and including NNN
  migrate down [--to NNN | --steps N] [--destroy]
                                          revert the last one, the last N, or all down to NNN, itself included;
                                          refuses if rows, links or source types would be lost, unless --destroy is given
  migrate status                          what is recorded and what is in place
  demo [--invocations N] [--seed N] [--thin] [--force] [--live [--per-minute N]]
                                          5000 by default; the tree of 5,000 nodes is there from 20,000 invocations on
  links scan [--window 30d] [--rate N] [--dry-run] [--json]
                                          find the links that the writer lost, and keep them (docs/links.md): of all time, or of the last 30 days;
                                          N invocations a second at most; --dry-run keeps nothing, --json prints one document
  links mend [--window 30d] [--rate N] [--dry-run] [--json]
                                          find them in the same way, and write them into source_job_id
  links undo [--window 30d] [--rate N] [--dry-run] [--json]
                                          take back what was found or written
  rollups rebuild | status                count the figures of all hours again, or say how many are counted (docs/rollups.md)
  search rebuild | status                 index what all payloads name again, or say how far the index reaches (docs/search.md)
  key --name NAME [--scopes read,read:payload,metrics] [--expires INSTANT]
                                          make an API key: printed once, with its entry for API_KEYS_FILE
  openapi                                 print the OpenAPI document
  --help, -h                              this text, after any command too
The environment says which database: docs/configuration.md lists the variables.`

/** A command line that means nothing. Its message says what was given and what is allowed. */
export class UsageError extends Error {}

/** The words that stand after the name of a command must be one of these. */
export function oneWord<W extends string>(command: string, allowed: readonly W[], given: readonly string[]): W {
  const word = allowed.find((each) => each === given[0])
  if (word !== undefined && given.length === 1) return word
  const what = given.length === 0 ? 'none was given' : `"${given.join(' ')}" was given`
  throw new UsageError(`${command} takes one of ${allowed.join(', ')}, and ${what}`)
}

export function asksForHelp(argv: string[]): boolean {
  return argv.some((each) => each === '--help' || each === '-h')
}

/** Node's parser of options; what it says against them becomes a UsageError. */
export function options<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError(plainly(error as Error & { code?: string }, Object.keys(config.options ?? {})))
  }
}

// Node goes on about positional arguments if somebody only mistyped.
function plainly({ code, message }: { code?: string; message: string }, known: readonly string[]): string {
  const option = /'(?:-\w, )?(-[^\s']*)/.exec(message)?.[1]
  const word = /^Unexpected argument '(.*?)'/s.exec(message)?.[1]
  const allowed = known.length === 0 ? 'none' : known.map((name) => `--${name}`).join(', ')
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && option !== undefined)
    return `there is no option ${option} here; allowed: ${allowed}`
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && option !== undefined)
    return `${option} ${message.includes('does not take') ? 'takes no value' : 'needs a value'}`
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' && word !== undefined)
    return `"${word}" was given, and only options may stand there: ${allowed}`
  return message.split(/\. |\n/)[0] ?? message
}

export function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${name} is ${text}; allowed is a whole number from ${least} to ${most}`)
  return value
}
