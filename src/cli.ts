import { descriptorLimit } from './config/descriptors.ts'

/** To load the service from its modules, Node opens some 200 files at once, and fails in the middle, in one of several ways, if it may not; of a build it opens 20. */
const LOADING = 256

/** The command line. The rest is imported from here, so that a failure to load it can be told. */
async function main(): Promise<number> {
  const { run } = await import('./commands/run.ts')
  return run(process.argv.slice(2), process.env)
}

try {
  process.exitCode = await main()
} catch (error) {
  const most = descriptorLimit()
  const told = `this process may have ${most} file descriptors (ulimit -n), too few to load the service: allow it ${LOADING}`
  process.stderr.write(`${most < LOADING ? told : (error as Error).stack}\n`)
  process.exitCode = 1
}
