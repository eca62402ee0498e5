import { cpus, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { at } from '../bench/figures.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { pipeline, search, unreadStreams, type Greedy, type Target } from './greedy.ts'
import { offer, saturate, type Offered } from './offer.ts'
import { pathsOf } from './paths.ts'
import { addTrees } from './rows.ts'
import { start, type Running } from './service.ts'

const SECONDS = Number(process.env['OVERLOAD_SECONDS'] ?? 20)
const CONNECTIONS = 20
const TIMES = 10
const GOALS = { trees: 0.99, accepted: 0.9, p99: 1000, polite: 0.95, p95: 1000 }

/** Prints one figure beside its goal, with how busy the machine was; whether the goal was met. */
function row(what: string, figure: string, goal = '', met = true): boolean {
  process.stdout.write(
    `${what.padEnd(56)}${figure.padEnd(56)}${goal.padEnd(24)}${met ? '' : 'MISSED '}[load ${loadavg()[0]?.toFixed(1)}]\n`,
  )
  return met
}

/** Many connections of one client on one tree, each of which waits for its answer: places are few, and nobody needs to be refused. */
async function treesAtOnce({ base }: Running, tree: string, key: string): Promise<boolean> {
  const got = await saturate(base, [tree], CONNECTIONS, SECONDS, key)
  const share = got.accepted.length / got.sent
  return row(
    `${CONNECTIONS} connections on a tree of 100`,
    `${(100 * share).toFixed(1)} % answered 200, ${round(perSecond(got))}/s, p99 ${round(at(sorted(got.accepted), 0.99))} ms`,
    `≥ ${100 * GOALS.trees} %`,
    share >= GOALS.trees,
  )
}

async function overload(service: Running, paths: readonly string[], key: string): Promise<boolean> {
  const { base } = service
  await saturate(base, paths, CONNECTIONS, 3, key)
  const { got: capacity, cores: calm } = await withCores(service, () =>
    saturate(base, paths, CONNECTIONS, SECONDS, key),
  )
  row(
    `capacity (${CONNECTIONS} connections that wait)`,
    `${round(perSecond(capacity))}/s, p99 ${round(at(sorted(capacity.accepted), 0.99))} ms, refused ${capacity.refused.length}`,
  )
  const before = await service.memory()
  const health = watchHealth(base)
  const { got: over, cores: busy } = await withCores(service, () =>
    offer(base, paths, TIMES * perSecond(capacity), SECONDS, key),
  )
  const slowest = await health.stop()
  const share = perSecond(over) / perSecond(capacity)
  const p99 = at(sorted(over.accepted), 0.99)
  const wrong = [capacity, over].flatMap((each) => Array.from(each.wrong))
  row(
    'offered',
    `${round(over.sent / over.seconds)}/s (${(over.sent / over.seconds / perSecond(capacity)).toFixed(1)} ×)`,
    `${TIMES} ×`,
  )
  const met = [
    row(
      'accepted',
      `${round(perSecond(over))}/s (${share.toFixed(2)} × capacity)`,
      `≥ ${GOALS.accepted}`,
      share >= GOALS.accepted,
    ),
    row(
      'accepted, p50 and p99',
      `${round(at(sorted(over.accepted), 0.5))} and ${round(p99)} ms`,
      `p99 < ${GOALS.p99}`,
      p99 < GOALS.p99,
    ),
    row(
      'answered otherwise',
      wrong.length === 0 ? '0' : wrong.map(([what, count]) => `${count} × ${what}`).join(', '),
      '0',
      wrong.length === 0,
    ),
  ]
  row('cores that service and load took, at capacity and over', `${calm}, ${busy}`)
  row('refused (503), p99', `${over.refused.length} in ${round(at(sorted(over.refused), 0.99))} ms`)
  row('slowest answer of /health/live', `${round(slowest)} ms`)
  await pause(2000)
  const after = await saturate(base, paths, CONNECTIONS, 5, key)
  row('afterwards', `${round(perSecond(after))}/s, refused ${after.refused.length}`)
  row('resident memory', `${round(before)} MiB before, ${round(await service.memory())} MiB after`)
  return met.every(Boolean)
}

/** What the service (without its database) and the load took of the cores meanwhile. */
async function withCores<T>(service: Running, work: () => Promise<T>): Promise<{ got: T; cores: string }> {
  const [began, before, load] = [performance.now(), await service.cpu(), process.cpuUsage()]
  const got = await work()
  const { user, system } = process.cpuUsage(load)
  const ms = performance.now() - began
  const cores = [(await service.cpu()) - before, (user + system) / 1000].map((cpu) => (cpu / ms).toFixed(2))
  return { got, cores: cores.join(' and ') }
}

/** A client that asks for one thing after the other, beside one that takes all it can get. */
async function beside(
  what: string,
  greedy: Greedy,
  { base }: Running,
  paths: readonly string[],
  key: string,
): Promise<boolean> {
  // It has taken all it can get when the other one begins.
  await pause(1000)
  const polite = await saturate(base, paths, 1, SECONDS, key)
  const took = await greedy.stop()
  const share = polite.accepted.length / polite.sent
  const p95 = at(sorted(polite.accepted), 0.95)
  const met = share >= GOALS.polite && p95 <= GOALS.p95
  row(
    `a polite client beside ${what}`,
    `${(100 * share).toFixed(1)} % of ${polite.sent} answered 200, p95 ${round(p95)} ms`,
    `≥ ${100 * GOALS.polite} %, p95 ≤ ${GOALS.p95} ms`,
    met,
  )
  row('', `the other one: ${took}`)
  await pause(2000)
  return met
}

/** Asks for health all the while, from a connection of its own; ends with the slowest answer, ms. Infinity: one was not 200. */
function watchHealth(base: string): { stop: () => Promise<number> } {
  const stopping = new AbortController()
  let slowest = 0
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now()
      const live = await fetch(`${base}/health/live`).then(
        ({ status }) => status === 200,
        () => false,
      )
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

async function measure(service: Running, [polite = '', other = '']: readonly string[]): Promise<boolean> {
  const { base } = service
  const { hundred, large } = await addTrees(await service.url())
  const paths = await pathsOf(base, bearer(polite))
  const greedy: Target = { port: Number(new URL(base).port), key: other }
  const mixed = ['/chains?limit=50', hundred, '/invocations?limit=50', hundred, '/jobs?limit=100', hundred]
  const met = [
    await treesAtOnce(service, hundred, polite),
    await overload(service, paths, polite),
    await beside('5 readers that do not read', unreadStreams(greedy, 5, large), service, mixed, polite),
    await beside(
      '8 connections on a slow search',
      search(greedy, 8, '/trees?window=40d&status=running&limit=1000'),
      service,
      mixed,
      polite,
    ),
    await beside('2,000 pipelined requests', pipeline(greedy, 2000, '/invocations?limit=50'), service, mixed, polite),
    await beside('2,000 pipelined trees', pipeline(greedy, 2000, hundred), service, mixed, polite),
    row('crashes', service.crashed() ? '1' : '0', '0', !service.crashed()),
  ]
  return met.every(Boolean)
}

process.stdout.write(
  `the service on its demo data, RATE_LIMIT=0, all other limits by default, the load beside it on ${cpus().length} cores; ${SECONDS} s each\n`,
)
const { text, shown } = apiKeys({ name: 'polite', scopes: ['read'] }, { name: 'greedy', scopes: ['read'] })
const service = await start('overload', { API_KEYS: text })
try {
  if (!(await measure(service, shown))) process.exitCode = 1
} finally {
  await service.stop()
}
