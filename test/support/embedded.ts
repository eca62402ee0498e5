import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { startEmbedded, type Embedded, type EmbeddedOptions } from '../../src/db/embedded/embedded.ts'
import { testBinaries, temporaryFolder } from './cluster.ts'
import { loader } from './loader.ts'
import { onTeardown } from './teardown.ts'

/** A folder for one test, removed after it. */
export async function folderFor(t: TestContext): Promise<string> {
  const folder = await temporaryFolder()
  onTeardown(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** One for a test that is not about first starts: it holds what one of them made. Copying that takes 0.1 s of a core, and initdb 0.7. */
export async function usedFolder(t: TestContext): Promise<string> {
  const folder = await folderFor(t)
  await fillUsed(folder)
  return folder
}

let used: Promise<string> | undefined

/** Puts what a first start made, and left when it was stopped, into a folder, which it makes where it is not there. */
export async function fillUsed(folder: string): Promise<void> {
  used ??= firstStart()
  await mkdir(folder, { recursive: true })
  // cp of Node keeps no owners.
  await promisify(execFile)('cp', ['-a', join(await used, 'postgres'), folder])
}

async function firstStart(): Promise<string> {
  const folder = await temporaryFolder()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const embedded = await startEmbedded({ folder, log: () => undefined, ...testBinaries() })
  await embedded.stop()
  return folder
}

/** startEmbedded with the binaries under test, stopped after the test; `lines` gets what it logs. */
export async function start(
  t: TestContext,
  folder: string,
  options: Partial<EmbeddedOptions> & { lines?: string[] } = {},
): Promise<Embedded> {
  const { lines = [], ...rest } = options
  const embedded = await startEmbedded({ folder, log: (line) => lines.push(line), ...testBinaries(), ...rest })
  onTeardown(t, () => embedded.stop())
  return embedded
}

/** A Node process of its own that runs an embedded Postgres until it is killed. */
export async function startInChild(t: TestContext, folder: string): Promise<{ service: ChildProcess; url: string }> {
  const module = new URL('../../src/db/embedded/embedded.ts', import.meta.url).href
  const program = `
    const { startEmbedded } = await import(${JSON.stringify(module)})
    const { url } = await startEmbedded({ log: console.error, ...${JSON.stringify({ folder, ...testBinaries() })} })
    console.log(url)
    setInterval(() => undefined, 60_000)`
  const service = spawn(process.execPath, ['--import', loader, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTeardown(t, () => service.kill('SIGKILL'))
  const [url] = (await once(createInterface(service.stdout), 'line')) as [string]
  return { service, url }
}

/** The rows of one statement, over a connection of its own. */
export async function ask(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
