import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readConfig } from '../../src/config/read.ts'
import { freePort } from '../../src/db/embedded/port.ts'
import { joinSource } from '../../src/commands/open-database.ts'
import { startProcess } from '../bench/process.ts'
import { untilOk } from '../bench/service.ts'

const cli = resolve(import.meta.dirname, '../../dist/cli.js')

/** The service on the demo data, in a process and a folder of its own. */
export interface Running {
  base: string
  /** Of its database. */
  url: () => Promise<string>
  /** Resident memory, MiB; NaN where the system does not tell. */
  memory: () => Promise<number>
  /** CPU time so far, ms; NaN where the system does not tell. */
  cpu: () => Promise<number>
  /** Open files and sockets; NaN where the system does not tell. */
  handles: () => Promise<number>
  /** It has ended by itself. */
  crashed: () => boolean
  stop: () => Promise<void>
}

/** Starts `dist/cli.js serve` (npm run build makes it) with the limits that production has by default, but for the rate of one client. */
export async function start(name: string, env: Record<string, string> = {}): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), `event-detector-${name}-`))
  const port = await freePort(0)
  const base = `http://127.0.0.1:${port}`
  const { child, cpu, memory, stop } = startProcess(name, [cli, 'serve'], {
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    RATE_LIMIT: '0',
    ...env,
  })
  await untilOk(`${base}/health/ready`, child, name).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    base,
    url: async () =>
      (await joinSource(readConfig({ DATA_DIR: join(folder, 'data') }).database, () => undefined)).connection
        .connectionString,
    memory: async () => (await memory())?.now ?? Number.NaN,
    cpu: async () => (await cpu()) ?? Number.NaN,
    handles: async () => (await readdir(`/proc/${child.pid}/fd`).catch(() => null))?.length ?? Number.NaN,
    crashed: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
