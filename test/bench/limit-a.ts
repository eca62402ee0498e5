import { join } from 'node:path'
import type { Sql } from '../../src/db/sql.ts'
import type { Slice } from './alternate.ts'
import type { Bare } from './bare.ts'
import { createEnding } from './ending.ts'
import { load } from './load.ts'
import { startProcess } from './process.ts'
import { withCpu, type Service } from './service.ts'

/** The pool of the service, by default. */
const POOL_SIZE = 10

export interface LimitA {
  /** Of the database. */
  url: string
  service: Service
  /** What the service is asked, and the statement that it makes of each. All have one text. */
  asked: Array<{ path: string; statement: Sql }>
  limit: number
  connections: number
}

/** Runs work beside the bare handler that answers what the service is asked, with as many bytes. */
export async function besideLimitA<T>(
  { url, service, asked, limit, connections }: LimitA,
  work: (bare: Slice) => Promise<T>,
): Promise<T> {
  const text = asked[0]?.statement.text ?? ''
  if (asked.some(({ statement }) => statement.text !== text))
    throw new Error('the requests of one row lead to different statements')
  const config = { url, size: POOL_SIZE, text, values: asked.map(({ statement }) => statement.values), limit }
  const filler = Math.round(
    await missingBytes(
      config,
      service,
      asked.slice(0, 100).map(({ path }) => path),
    ),
  )
  return beside({ ...config, filler: Math.max(0, filler) }, (port, process) =>
    work(
      withCpu(
        process,
        load(
          port,
          asked.map((_, at) => `/${at}`),
          connections,
        ),
      ),
    ),
  )
}

/** How many bytes an answer of the service has more than the bare one, on the average. */
async function missingBytes(config: Omit<Bare, 'filler'>, service: Service, paths: string[]): Promise<number> {
  return beside({ ...config, filler: 0 }, async (port) => {
    const bytes = async (port: number, paths: string[]) => {
      const bodies = await Promise.all(
        paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).arrayBuffer()),
      )
      return bodies.reduce((sum, body) => sum + body.byteLength, 0)
    }
    return (
      ((await bytes(service.port, paths)) -
        (await bytes(
          port,
          paths.map((_, at) => `/${at}`),
        ))) /
      paths.length
    )
  })
}

async function beside<T>(
  config: Bare,
  work: (port: number, process: ReturnType<typeof startProcess>) => Promise<T>,
): Promise<T> {
  const ending = createEnding()
  const process = startProcess('bare', ['--import', 'tsx', join(import.meta.dirname, 'bare.ts')])
  ending.add(process.stop)
  try {
    const { port } = await process.ask<{ port: number }>(config)
    return await work(port, process)
  } finally {
    await ending.run()
  }
}
