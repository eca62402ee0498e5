import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { at } from '../bench/figures.ts'
import { offer, saturate, type Offered } from './offer.ts'
import { pathsOf } from './paths.ts'
import { start, type Running } from './service.ts'

const SECONDS = 8
const CONNECTIONS = 20
const TIMES = 10
const GOALS = { accepted: 0.7, p99: 1000 }

async function measure(service: Running): Promise<boolean> {
  const { base } = service
  const paths = await pathsOf(base)
  await saturate(base, paths, CONNECTIONS, 3)
  const capacity = await saturate(base, paths, CONNECTIONS, SECONDS)
  const before = await service.memory()
  const rate = TIMES * perSecond(capacity)
  const health = watchHealth(base)
  const over = await offer(base, paths, rate, SECONDS)
  const slowest = await health.stop()
  await pause(2000)
  const after = await saturate(base, paths, CONNECTIONS, SECONDS)
  const memory = await service.memory()
  const share = perSecond(over) / perSecond(capacity)
  const p99 = at(sorted(over.accepted), 0.99)
  const wrong = [capacity, over, after].flatMap(({ wrong }) => Array.from(wrong))
  const lines: Array<[what: string, figure: string, goal: string]> = [
    ['capacity (20 connections that wait)', `${round(perSecond(capacity))}/s, p99 ${round(at(sorted(capacity.accepted), 0.99))} ms, refused ${capacity.refused.length}`, ''],
    ['offered', `${round(over.sent / over.seconds)}/s (${(over.sent / over.seconds / perSecond(capacity)).toFixed(1)} ×)`, `${TIMES} ×`],
    ['accepted', `${round(perSecond(over))}/s (${share.toFixed(2)} × capacity)`, `≥ ${GOALS.accepted}`],
    ['accepted, p50 and p99', `${round(at(sorted(over.accepted), 0.5))} and ${round(p99)} ms`, `p99 < ${GOALS.p99}`],
    ['refused (503), p99', `${over.refused.length} in ${round(at(sorted(over.refused), 0.99))} ms`, ''],
    ['slowest answer of /health/live', `${round(slowest)} ms`, ''],
    ['answered otherwise', wrong.length === 0 ? '0' : wrong.map(([what, count]) => `${count} × ${what}`).join(', '), '0'],
    ['crashes', service.crashed() ? '1' : '0', '0'],
    ['afterwards', `${round(perSecond(after))}/s, refused ${after.refused.length}`, ''],
    ['resident memory', `${round(before)} MiB before, ${round(memory)} MiB after`, ''],
  ]
  process.stdout.write(`${lines.map(([what, figure, goal]) => `${what.padEnd(38)}${figure.padEnd(48)}${goal}`.trimEnd()).join('\n')}\n`)
  return share >= GOALS.accepted && p99 < GOALS.p99 && wrong.length === 0 && !service.crashed()
}

/** Asks for health all the while, from a connection of its own; ends with the slowest answer, ms. Infinity: one was not 200. */
function watchHealth(base: string): { stop: () => Promise<number> } {
  const stopping = new AbortController()
  let slowest = 0
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now()
      const live = await fetch(`${base}/health/live`).then(({ status }) => status === 200, () => false)
      slowest = live ? Math.max(slowest, performance.now() - began) : Number.POSITIVE_INFINITY
      await pause(100)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await asking
      return slowest
    },
  }
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)
const perSecond = ({ accepted, seconds }: Offered): number => accepted.length / seconds
const round = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)))

process.stdout.write(`the service on its demo data, RATE_LIMIT=0, the load beside it on ${cpus().length} cores; ${SECONDS} s each\n`)
const service = await start('overload')
try {
  if (!(await measure(service))) process.exitCode = 1
} finally {
  await service.stop()
}
