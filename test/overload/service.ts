import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const repository = resolve(import.meta.dirname, '../..')

/** The service on the demo data, in a process and a folder of its own. */
export interface Running {
  base: string
  /** Resident memory, MiB; NaN where the system does not tell. */
  memory: () => Promise<number>
  /** Open files and sockets; NaN where the system does not tell. */
  handles: () => Promise<number>
  /** It has ended by itself. */
  crashed: () => boolean
  stop: () => Promise<void>
}

/** Starts `dist/cli.js serve` (npm run build makes it) with the limits that production has by default, but for the rate of one address. */
export async function start(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'event-detector-overload-'))
  const child = spawn(process.execPath, [join(repository, 'dist/cli.js'), 'serve'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info', RATE_LIMIT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const base = await new Promise<string>((found, failed) => {
    let last = ''
    createInterface(child.stdout).on('line', (line) => {
      last = line
      const address = /ready: open (http:\/\/\S+)\/ \(/.exec(line)?.[1]
      if (address !== undefined) found(address)
    })
    child.once('exit', (code) => failed(new Error(`the service ended with ${code} before it was ready: ${last}`)))
  })
  const crashed = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    base,
    async memory() {
      const text = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]) / 1024
    },
    handles: async () => (await readdir(`/proc/${child.pid}/fd`).catch(() => null))?.length ?? Number.NaN,
    crashed,
    async stop() {
      if (!crashed()) child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
