import { descriptorLimit } from './config/descriptors.ts'

/** To load the service from its sources, Node and the loader open some 200 files at once, and fail in the middle, in one of several ways, if they may not; of a build it opens 20. */
const LOADING = 256
const FROM_SOURCES = import.meta.url.endsWith('.ts')

/** The command line. The rest is imported from here, so that a failure to load it can be told; from the sources it is told before, for the loader may end the process first. */
async function main(): Promise<number> {
  const told = FROM_SOURCES ? tooFew() : undefined
  if (told) return fail(told)
  try {
    const { run } = await import('./commands/run.ts')
    return await run(process.argv.slice(2), process.env)
  } catch (error) {
    return fail(tooFew() ?? String((error as Error).stack))
  }
}

function tooFew(): string | undefined {
  const most = descriptorLimit()
  if (most >= LOADING) return undefined
  return `this process may have ${most} file descriptors (ulimit -n), too few to load the service: allow it ${LOADING}`
}

function fail(told: string): number {
  process.stderr.write(`${told}\n`)
  return 1
}

process.exitCode = await main()
