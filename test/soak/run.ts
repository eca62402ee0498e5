/** Mixed load at half the capacity, for an hour unless SOAK_MINUTES says otherwise: do memory and open handles stay flat? `npm run test:soak` */
import { at as share } from '../bench/figures.ts'
import { offer, saturate, type Offered } from '../overload/offer.ts'
import { pathsOf } from '../overload/paths.ts'
import { start, type Running } from '../overload/service.ts'
import { slope } from './slope.ts'

const SLICE = 10
const WARM_UP = 120
/** MiB and handles an hour; what the garbage collector does between two looks is within it. */
const MOST_GROWTH = { memory: 50, handles: 10 }
const minutes = Number(process.env['SOAK_MINUTES'] ?? 60)

interface Sample {
  /** s since the load began. */
  at: number
  memory: number
  handles: number
}

async function soak(service: Running): Promise<boolean> {
  const paths = await pathsOf(service.base)
  const capacity = await saturate(service.base, paths, 20, SLICE)
  const rate = capacity.accepted.length / capacity.seconds / 2
  process.stdout.write(`${Math.round(rate)} requests/s, half of what it can, for ${minutes} minutes\n`)
  const samples: Sample[] = []
  const accepted: number[] = []
  const others = new Map<string, number>()
  const began = performance.now()
  while (performance.now() - began < minutes * 60_000) {
    note(await offer(service.base, paths, rate, SLICE), accepted, others)
    samples.push({
      at: (performance.now() - began) / 1000,
      memory: await service.memory(),
      handles: await service.handles(),
    })
    if (samples.length % 30 === 0) process.stdout.write(`${line(samples)}\n`)
  }
  const steady = samples.filter(({ at }) => at > Math.min(WARM_UP, minutes * 20))
  const growth = {
    memory: 3600 * slope(steady.map(({ at, memory }) => [at, memory])),
    handles: 3600 * slope(steady.map(({ at, handles }) => [at, handles])),
  }
  const sorted = accepted.toSorted((a, b) => a - b)
  process.stdout.write(`${line(samples)}
answers 200: ${accepted.length}, p50 ${share(sorted, 0.5).toFixed(1)} ms, p99 ${share(sorted, 0.99).toFixed(1)} ms
other answers: ${others.size === 0 ? 'none' : [...others].map(([what, count]) => `${count} × ${what}`).join(', ')}
memory: ${growth.memory.toFixed(1)} MiB an hour; handles: ${growth.handles.toFixed(1)} an hour; ended by itself: ${service.crashed() ? 'yes' : 'no'}\n`)
  const flat = !(growth.memory > MOST_GROWTH.memory || growth.handles > MOST_GROWTH.handles)
  return flat && others.size === 0 && !service.crashed()
}

function note({ accepted, refused, wrong }: Offered, times: number[], others: Map<string, number>): void {
  for (const ms of accepted) times.push(ms)
  if (refused.length > 0) others.set('503 or 429', (others.get('503 or 429') ?? 0) + refused.length)
  for (const [what, count] of wrong) others.set(what, (others.get(what) ?? 0) + count)
}

function line(samples: readonly Sample[]): string {
  const [first, last] = [samples[0], samples.at(-1)]
  return `${Math.round((last?.at ?? 0) / 60)} min: ${first?.memory.toFixed(0)} → ${last?.memory.toFixed(0)} MiB, ${first?.handles} → ${last?.handles} handles`
}

const service = await start('soak')
try {
  if (!(await soak(service))) process.exitCode = 1
} finally {
  await service.stop()
}
