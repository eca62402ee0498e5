import { pino } from 'pino'
import { buildApp } from '../app.ts'
import { readConfig } from '../config/read.ts'
import { createReader } from '../db/pool/pool.ts'
import { settingsOf } from './serve.ts'

/** The OpenAPI document, as the routes of this build describe it. */
export async function printOpenapi(): Promise<void> {
  const app = await buildApp({
    db: createReader(),
    ...settingsOf(readConfig({})),
    dashboard: undefined,
    life: {
      stage: { name: 'ready' },
      log: pino({ level: 'silent' }),
      stopGrace: 0,
      lost: { look: () => Promise.resolve(undefined), last: () => undefined },
    },
  })
  await app.ready()
  process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`)
}
