import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { built } from './support/built.ts'
import { bundled } from './support/bundled.ts'
import { endCluster, startCluster, temporaryFolder } from './support/cluster.ts'
import { compile } from './support/compiled.ts'
import { loader } from './support/loader.ts'
import { slowness } from './support/patience.ts'
import { groupedTestFiles } from './support/test-files.ts'

/**
 * `node --import tsx test/run.ts [files and options of node --test…]`: runs the tests (all of them by default) on one Postgres of their own.
 * `--serve <folder>` starts the Postgres of an earlier, failed run again and waits for Ctrl-C.
 */
async function main(given: string[]): Promise<number> {
  if (given[0] === '--serve') return serve(given[1] ?? '')
  const files = given.filter((name) => !name.startsWith('-'))
  const options = given.filter((name) => name.startsWith('-'))
  const cluster = await startCluster()
  let code = 1
  try {
    code = files.length > 0 ? await runTests(options, files, cluster.url) : await runAll(options, cluster.url)
  } finally {
    await endCluster(cluster, code === 0)
  }
  return code
}

async function runAll(options: string[], clusterUrl: string): Promise<number> {
  const folder = await temporaryFolder()
  try {
    const given = { TEST_LOADER: await compile(join(folder, 'compiled')), TEST_BUILD: await built() }
    return await runTests(options, await bundled(folder, await groupedTestFiles(folder)), clusterUrl, given)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Three files at a time on the two cores that are promised, for one of three waits: for a process that starts, a deadline, or the database. */
async function runTests(
  options: string[],
  files: string[],
  clusterUrl: string,
  given: { TEST_LOADER?: string; TEST_BUILD?: string } = {},
): Promise<number> {
  // With the 1 MB of room for new objects that Node starts with, a fifth of the time of the tests of http was collecting garbage.
  const memory = ['--min-semi-space-size=16', '--max-semi-space-size=32']
  // What is bundled needs no loader.
  const load = given.TEST_LOADER === undefined ? ['--import', loader] : ['--enable-source-maps']
  const runner = [...memory, ...load, '--test', '--test-concurrency=3', '--test-reporter=spec']
  const tests = spawn(process.execPath, [...runner, ...options, ...files], {
    stdio: 'inherit',
    env: { ...process.env, ...given, TEST_CLUSTER_URL: clusterUrl, TEST_SLOWNESS: String(slowness()) },
  })
  // Ctrl-C reaches the tests too; this process stays to see the cluster off.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal))
  const [code] = (await once(tests, 'exit')) as [number | null]
  return code ?? 1
}

async function serve(folder: string): Promise<number> {
  const cluster = await startCluster(folder)
  console.log(`Postgres ${cluster.version} serves ${folder} at port ${cluster.port}: ${cluster.url}\nCtrl-C ends it.`)
  const wait = setInterval(() => undefined, 60_000)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), cluster.exited])
  clearInterval(wait)
  await cluster.stop()
  return 0
}

process.exitCode = await main(process.argv.slice(2))
