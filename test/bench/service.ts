import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../../src/db/embedded/port.ts'
import type { Slice } from './alternate.ts'
import type { Ending } from './ending.ts'
import { load } from './load.ts'
import { startProcess, type Measured } from './process.ts'

/** The service, built and in a process of its own, with the settings that production has by default. */
export interface Service extends Measured {
  port: number
  /** Asks for these paths in turn over so many connections. */
  get: (paths: readonly string[], connections: number) => Slice
}

/** One address asks thousands of times a second, for 20 trees at once too: by default it would be refused, and wait. */
export const LIMITS = { RATE_LIMIT: '0', MAX_HEAVY: '21' }

const hook = join(import.meta.dirname, 'service-hook.mjs')

export interface Start {
  name: string
  /** Holds dist/ and migrations/. */
  folder: string
  /** Of the database. */
  url: string
  env?: Record<string, string>
}

/** Resolves when the service answers; `ms`: how long that took. `probe`: the request that must succeed. */
export async function startService(
  { name, folder, url, env }: Start,
  ending: Ending,
  probe = '/health/ready',
): Promise<Service & { ms: number }> {
  const port = await freePort(0)
  const began = performance.now()
  const process = startProcess(name, ['--import', hook, join(folder, 'dist/cli.js'), 'serve'], {
    DATABASE_URL: url,
    PORT: String(port),
    ...LIMITS,
    ...env,
  })
  ending.add(process.stop)
  await untilOk(`http://127.0.0.1:${port}${probe}`, process.child, name)
  const ms = performance.now() - began
  const get: Service['get'] = (paths, connections) => withCpu(process, load(port, paths, connections))
  return { ...process, port, get, ms }
}

/** A slice that also says what CPU time the process took for it. */
export function withCpu(process: Measured, slice: Slice): Slice {
  return async (seconds) => {
    const before = await process.cpu()
    const sample = await slice(seconds)
    const after = await process.cpu()
    return { ...sample, cpu: before === undefined || after === undefined ? undefined : after - before }
  }
}

/** Waits until the address answers 200. Throws where the process ends, or does not answer within five minutes (loading demo data takes one on a busy machine). */
export async function untilOk(address: string, child: ChildProcess, name: string): Promise<void> {
  for (const deadline = Date.now() + 300_000; ;) {
    const status = await fetch(address).then(
      (answer) => answer.arrayBuffer().then(() => answer.status),
      () => 0,
    )
    if (status === 200) return
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`${name} did not answer ${address}: see .cache/bench/logs/${name}.log`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
